/** Takes turns at things by their name, in this process. Who has the turn is asked to hurry when another one comes. */
export class Turns {
  private readonly taken = new Map<string, { hurry: () => void; ended: Promise<void> }>();

  /**
   * Runs `work` while nobody else works on the thing of that name.
   * @param hurry ends what `work` waits for: called once somebody else wants the turn
   */
  async take<T>(name: string, hurry: () => void, work: () => Promise<T>): Promise<T> {
    for (let other = this.taken.get(name); other; other = this.taken.get(name)) {
      other.hurry();
      await other.ended;
    }
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.taken.set(name, { hurry, ended });
    try {
      return await work();
    } finally {
      this.taken.delete(name);
      resolve();
    }
  }
}
