export { type Ask, AskSource } from './ports/ask-source.port.js';
