/** Members and markers under names that no SQL database reserves, so that one set of statements serves all. */
export const sql = `
ALTER TABLE members RENAME COLUMN user TO user_id;
ALTER TABLE markers RENAME COLUMN user TO user_id;
`;
