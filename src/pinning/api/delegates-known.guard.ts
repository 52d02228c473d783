import { Injectable, type CanActivate } from '@nestjs/common';
import { PinPresenter } from './pin.presenter.js';

/** Before anything is stored: an answer could not be given without delegates. */
@Injectable()
export class DelegatesKnown implements CanActivate {
  constructor(private readonly presenter: PinPresenter) {}

  async canActivate(): Promise<boolean> {
    return (await this.presenter.addresses()).length > 0;
  }
}
