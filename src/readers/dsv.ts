// The parser of text whose values are parted by a character: that of d3. The build makes one file of this module and the library.
export { csvFormatRows, dsvFormat } from 'd3-dsv';
