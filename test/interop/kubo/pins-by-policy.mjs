import { assert, until } from './checks.mjs';
import { call, everyStatus } from './platform-calls.mjs';

/** Kubo's MFS policy: the one client that replaces pins, by itself, again and again. */
export async function pinsByPolicy(checks, { platform, node }) {
  const pins = async () => (await call(platform, 'GET', `/pinning/pins?name=my%20files&${everyStatus}`)).results;
  const root = () => node.ipfs('files', 'stat', '--hash', '/');
  const pinnedAs = (cid) =>
    until(
      async () => {
        const [pin, ...more] = await pins();
        assert(more.length === 0, 'more than one pin of that name');
        return pin?.status === 'pinned' && pin.pin.cid === cid ? pin : undefined;
      },
      150,
      `the pin of the MFS root is ${cid}`,
    );
  let first;

  await checks.that(
    'the MFS policy pins the root of MFS under its name',
    async () => {
      await node.down();
      await node.ipfs(
        'config',
        '--json',
        'Pinning.RemoteServices.tidewater.Policies.MFS',
        JSON.stringify({ Enable: true, PinName: 'my files', RepinInterval: '5s' }),
      );
      await node.up();
      await node.ipfs('files', 'mkdir', '/one');
      first = await pinnedAs(await root());
    },
    180,
  );

  await checks.that(
    'the MFS policy replaces it when MFS changes: a new request id, the old one gone',
    async () => {
      await node.ipfs('files', 'mkdir', '/two');
      const second = await pinnedAs(await root());
      assert(first && second.requestid !== first.requestid, 'the request id is the same');
      const old = await fetch(`${platform.url}/pinning/pins/${first.requestid}`, {
        headers: { authorization: `Bearer ${platform.key}` },
      });
      assert(old.status === 404, `the old one answers ${old.status}`);
    },
    180,
  );
}
