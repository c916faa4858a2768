/** Of an index as it is stored or exported. Another one is not read. */
export const FORMAT = 1;
