/** Switches of other rooms that the viewer shows: who keeps one registers it in `onModuleInit`, as with the owner registry. */
export class PlatformSwitches {
  private dealMaking: () => Promise<boolean> = async () => true;

  /** How it is asked whether deals are made. */
  registerDealMaking(isOn: () => Promise<boolean>): void {
    this.dealMaking = isOn;
  }

  /** True where no room of this process says otherwise. */
  async isDealMakingOn(): Promise<boolean> {
    return this.dealMaking();
  }
}
