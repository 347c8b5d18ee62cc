export { didYouMean } from './qapi/suggest.js';
