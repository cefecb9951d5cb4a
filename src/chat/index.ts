export { ChatModule } from './chat.module.js';
export { termsOfStored } from './domain/search-terms.js';
export { exportHistory, importHistory } from './transfer/history-transfer.js';
