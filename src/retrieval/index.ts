export { retrievalAttempted, retrievalFinished } from './domain/retrieval.events.js';
