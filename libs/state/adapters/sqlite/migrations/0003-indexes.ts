/** What lists, counts and unread numbers read instead of whole rows, whose texts are long. */
export const sql = `
CREATE INDEX courses_by_newest ON courses (coalesce(published_at, created_at) DESC, id);
CREATE INDEX courses_by_rating ON courses ((rating_sum + 15.0) / (rating_count + 5) DESC, id);
CREATE INDEX courses_by_popular ON courses (enrolments DESC, id);
CREATE INDEX courses_by_title ON courses (title_key, id);
CREATE INDEX courses_by_filter ON courses (status, category, level, language, instructor_id, length, id);
CREATE INDEX messages_to_read ON events (room, seq, sender) WHERE type = 'message' AND deleted = 0;
`;
