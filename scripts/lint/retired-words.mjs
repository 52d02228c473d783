// Words that docs/glossary.md no longer knows: metaphors of ours, for which the field has a word. ESLint keeps them out of names.

/** Retired wherever they stand in a name: UrgeRoots, laneOf, waitPatiently. Word -> what is said instead. */
export const retiredWords = {
  urge: 'provide now',
  urges: 'provide now',
  wish: 'options',
  wishes: 'options',
  patience: 'timeout',
  patient: 'timeout',
  lane: 'concurrency limit',
  lanes: 'concurrency limit',
  pace: 'throttle',
  rhythm: 'poll interval',
  expedition: 'retrieval',
  climb: 'retrieve',
  climbs: 'retrieve',
  climbed: 'retrieve',
  purse: 'budget',
  shelf: 'cache',
  upkeep: 'reprovide',
  bring: 'fetch, or mark restored',
  brings: 'fetch, or mark restored',
  bringing: 'fetch, or mark restored',
  tend: 'schedule',
  tends: 'schedule',
  tending: 'schedule',
};

/** Retired as whole names: the parts are ordinary words. */
export const retiredNames = {
  mayMove: 'canTransition',
  giveBack: 'detachBuffers',
  ownCars: 'dedicatedCars',
  OwnCars: 'DedicatedCars',
  makingWay: 'preempt',
  madeWay: 'preempted',
  PinMadeWay: 'PinPreempted',
  pinWatch: 'pinFetchTask',
  PinWatch: 'PinFetchTask',
  pinningHouse: 'pinningHarness',
  announcingHouse: 'providingHarness',
  dealWorld: 'dealHarness',
  DealWorld: 'DealHarness',
  delegateBoard: 'ipfsNodeRegistry',
  DelegateBoard: 'IpfsNodeRegistry',
  announceRoots: 'reprovider',
  AnnounceRoots: 'Reprovider',
  announcementBook: 'providerRecordStore',
  AnnouncementBook: 'ProviderRecordStore',
  AnnouncementList: 'ProviderRecordStore',
  loseDeal: 'failDeal',
  LoseDeal: 'FailDeal',
  dealMoves: 'dealTransitions',
  pieceMoves: 'pieceTransitions',
  retrievalMoves: 'retrievalTransitions',
};

/** provideRootsNow -> [provide, Roots, Now]. Names in capitals are settings and constants of others; they are left alone. */
const wordsOf = (name) => (/[a-z]/.test(name) ? name.split(/(?=[A-Z][a-z])|[_$\d]+/) : []);

const rule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { retired: '"{{word}}" is retired; say {{instead}} (docs/glossary.md).' },
  },
  create(context) {
    const check = (node) => {
      for (const part of wordsOf(node.name)) {
        const word = part.toLowerCase();
        if (Object.hasOwn(retiredWords, word))
          context.report({ node, messageId: 'retired', data: { word, instead: retiredWords[word] } });
      }
    };
    return { Identifier: check, PrivateIdentifier: check };
  },
};

export default { rules: { 'retired-words': rule } };
