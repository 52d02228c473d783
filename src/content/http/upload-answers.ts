import { Injectable, Optional } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import type { Uploaded } from '../domain/upload.js';
import { ProviderAddresses } from '../ports/provider-addresses.port.js';
import type { UploadedFolder } from '../verbs/add-folder.js';
import { presentCarUpload, presentFolder, presentUpload } from './content.presenter.js';

/** What uploads are answered with: where the bytes can be had from now on. */
@Injectable()
export class UploadAnswers {
  constructor(
    private readonly config: AppConfig,
    @Optional() private readonly providers?: ProviderAddresses,
  ) {}

  async ofFile(upload: Uploaded) {
    return presentUpload(upload, this.config.publicUrl, await this.providersKnown());
  }

  async ofForm(upload: UploadedFolder) {
    return presentFolder(upload, this.config.publicUrl, await this.providersKnown());
  }

  async ofCar(uploads: readonly Uploaded[]) {
    return presentCarUpload(uploads, this.config.publicUrl, await this.providersKnown());
  }

  /** None where no IPFS node belongs to this platform. */
  private async providersKnown(): Promise<readonly string[]> {
    return (await this.providers?.list()) ?? [];
  }
}
