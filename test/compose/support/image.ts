/** The image that the whole run is about, built once before it. */
export const image = process.env.MAXIAOKE_TEST_IMAGE ?? 'maxiaoke:test';
/** The same sources as another release. */
export const nextImage = `${image}-next`;
