export { PostgresRateBudgets } from './postgres-rate-budgets.js';
export { LocalRateBudgets, RateBudgets, type RateRule } from './rate-budgets.js';
export { Rates, type RateVerdict } from './rates.js';
