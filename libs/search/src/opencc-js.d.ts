/** Tables of OpenCC as they come: `from to|from to …`. */
declare module 'opencc-js/dict/*' {
  const table: string;
  export default table;
}
