import { Command } from '../../parts/Command';

/** Every way to read a content again, and the address to share. */
export function GetIt({ cid }: { cid: string }) {
  return (
    <>
      <Command about="Share: anybody can see who stores it" text={`${location.origin}/verify/${cid}`} />
      <Command about="Browser" text={`${location.origin}/ipfs/${cid}`} />
      <Command about="curl" text={`curl -s ${location.origin}/ipfs/${cid} -o file`} />
      <Command
        about="CAR, with every block to be verified"
        text={`curl -s -H "Accept: application/vnd.ipld.car" ${location.origin}/ipfs/${cid} -o file.car`}
      />
      <Command about="Any IPFS node" text={`ipfs get ${cid}`} />
    </>
  );
}
