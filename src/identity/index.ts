export { Passwords } from './application/passwords.js';
export { usernameKey } from './domain/usernames.js';
export { AuthService } from './application/auth.service.js';
export { Directory } from './application/directory.js';
export { TokenVerifier } from './application/token-verifier.js';
export { IdentityCore, IdentityModule } from './identity.module.js';
