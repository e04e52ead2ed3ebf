#include "solvers/sparse/engines.hpp"

#include "solvers/sparse/coordinate_path.hpp"

namespace nonconvex {

std::unique_ptr<PathEngine> makePathEngine(const Cpu& la, const SparseData& data, const SparseSettings& settings) {
  require(data.responses() == 1, "responses", data.responses(), "expected 1");
  return std::make_unique<CoordinatePath>(la, data, settings);
}

}  // namespace nonconvex
