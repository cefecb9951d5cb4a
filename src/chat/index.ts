export { ChatModule } from './chat.module.js';
export { termsOfStored } from './domain/search-terms.js';
