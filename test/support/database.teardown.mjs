export default async function removeDatabase() {
  await globalThis.tidewaterTestDatabase?.stop();
}
