// Any integers as a sparse matrix from TypeScript: what is not refused can be transposed, copied and multiplied.
#include "core/error.hpp"
#include "data/columns.hpp"
#include "data/sparse_matrix.hpp"
#include "fuzz/bytes.hpp"

using namespace nonconvex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Bytes bytes(data, size);
  SparseView matrix{.by = bytes.next<std::uint8_t>() % 2 == 0 ? Lines::rows : Lines::columns,
                    .rows = bytes.next<std::int8_t>(),
                    .columns = bytes.next<std::int8_t>(),
                    .offsets = {},
                    .indices = {},
                    .values = {}};
  const auto wide = [](const std::vector<std::int8_t>& narrow) {
    return std::vector<int>(narrow.begin(), narrow.end());
  };
  const std::vector<int> offsets = wide(bytes.list<std::int8_t>()), indices = wide(bytes.list<std::int8_t>());
  std::vector<double> values(bytes.next<std::uint8_t>() % 8 == 0 ? bytes.next<std::uint8_t>() : indices.size());
  for (double& value : values) value = bytes.next<std::int8_t>();
  matrix.offsets = offsets;
  matrix.indices = indices;
  matrix.values = values;
  try {
    requireSparse(matrix, "matrix");
    const SparseMatrix other = transposed(matrix);
    requireSparse(other.view(), "transposed");
    copyBy(Lines::rows, matrix);
    const Columns columns(matrix, "A");
    const std::vector<double> x(static_cast<std::size_t>(matrix.columns), 1);
    std::vector<double> out(static_cast<std::size_t>(matrix.rows));
    columns.multiply(x.data(), out.data());
  } catch (const Error&) {
  }
  return 0;
}
