/** What two usernames have in common that count as one: NFKC, case folded. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase();
