/** A URL as the documentation and messages show it. */
export const example = 'mysql://maxiaoke:secret@localhost:3306/maxiaoke';
