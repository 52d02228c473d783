import type { ContentNode, TestUser } from './content-app.js';

export interface UploadAnswer {
  cid: string;
  estuaryId: number;
  retrieval_url: string;
  estuary_retrieval_url: string;
  providers: string[];
  contents?: UploadAnswer[];
}

export interface Answer<T> {
  status: number;
  body: T & { error?: { code: number; reason: string; details: string; context?: Record<string, unknown> } };
}

/** Requests of a test, by one user of one node. */
export class Client {
  constructor(
    private readonly node: ContentNode,
    private readonly user: TestUser,
  ) {}

  async call<T>(
    method: string,
    path: string,
    body?: FormData | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.node.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.user.key}`, ...headers },
      ...(body === undefined ? {} : { body: body as FormData }),
    });
    return { status: response.status, body: (await response.json()) as Answer<T>['body'] };
  }

  put(
    bytes: Uint8Array,
    query = '',
    headers: Record<string, string> = { 'content-type': 'application/octet-stream' },
  ): Promise<Answer<UploadAnswer>> {
    return this.call('PUT', `/content/add${query}`, bytes, headers);
  }

  addCar(car: Uint8Array, query = ''): Promise<Answer<UploadAnswer>> {
    return this.call('POST', `/content/add-car${query}`, car, { 'content-type': 'application/vnd.ipld.car' });
  }

  get<T>(path: string): Promise<Answer<T>> {
    return this.call('GET', path);
  }

  delete(id: number): Promise<Answer<{ id: string; freedBytes: number; pendingBytes: number }>> {
    return this.call('DELETE', `/content/${id}`);
  }
}
