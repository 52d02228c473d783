export { AskNotAnswered, MinerNotFound, NoSuchMiner } from './domain/miners.errors.js';
export { type Ask, AskSource } from './ports/ask-source.port.js';
