/** Our API as a client without Kubo sees it. */
export async function call(platform, method, path, body, type = 'application/json') {
  const answer = await fetch(platform.url + path, {
    method,
    headers: { authorization: `Bearer ${platform.key}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: type === 'application/json' ? JSON.stringify(body) : body }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Bytes as our gateway gives them. */
export async function fromGateway(platform, path) {
  const answer = await fetch(`${platform.url}/ipfs/${path}`);
  if (!answer.ok) throw new Error(`/ipfs/${path}: ${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}

export const everyStatus = 'status=queued,pinning,pinned,failed';
