/**
 * The cases of rules, sent over several targets: crash isolation, minimisation, known crashes.
 */
export { Campaign } from './campaign.js';
