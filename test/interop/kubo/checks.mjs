// A list of sentences, each true or not, one after the other; the rest goes on when one is not.
export class Checks {
  rows = [];

  async that(sentence, work, seconds = 120) {
    const began = performance.now();
    let timer;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not within ${seconds} s`)), seconds * 1000);
      });
      const figure = await Promise.race([work(), late]);
      this.note('pass', sentence, began, figure);
    } catch (error) {
      this.note('FAIL', sentence, began, error.message);
    } finally {
      clearTimeout(timer);
    }
  }

  note(result, sentence, began, more) {
    this.rows.push(result);
    console.log(
      `  ${result}  ${sentence} (${((performance.now() - began) / 1000).toFixed(1)} s)${more === undefined ? '' : `\n        ${more}`}`,
    );
  }

  get passed() {
    return this.rows.filter((result) => result === 'pass').length;
  }

  get failed() {
    return this.rows.length - this.passed;
  }
}

export function assert(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

/** Asks until the answer is not undefined. */
export async function until(ask, seconds, what) {
  for (
    const end = Date.now() + seconds * 1000;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 200))
  ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`after ${seconds} s still not: ${what}`);
}
