// The subpath nonconvex/data: matrices, and readers of files with data.
export { type Matrix, type MatrixLike, matrix, type SparseMatrix } from '../core/matrix.js';
export type { MatrixByEntries, OtherMatrix, StridedMatrix, TableOfColumns } from '../core/otherMatrices.js';
export type { Label, Prediction, Targets } from '../core/targets.js';
export { type CsvData, type Levels, type ReadCsvOptions, readCsv } from '../readers/csv.js';
export type { TableResponses, TableTimes, TimesTarget } from '../readers/csvResponses.js';
export { type LibsvmData, type ReadLibsvmOptions, readLibsvm } from '../readers/libsvm.js';
export { type ReadOptions, readMatrixMarket } from '../readers/matrixMarket.js';
export { type NumpyArray, type ReadNpyOptions, readNpy, readNpz } from '../readers/npy.js';
export { type DataOfRows, type SplitRowsOptions, splitRows } from './splitRows.js';
