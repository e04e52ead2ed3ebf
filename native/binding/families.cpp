#include "binding/families.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "binding/model.hpp"
#include "binding/settings.hpp"
#include "model/constrained_objective.hpp"
#include "model/glm_objective.hpp"

namespace nonconvex {
namespace {

std::vector<double> copyOf(const Reader& in, const char* name, int length) {
  const auto found = in.vector(name);
  require(found.size() == static_cast<std::size_t>(length), in.pathOf(name) + ".length", found.size(),
          "expected " + show(length));
  return {found.begin(), found.end()};
}

GlmFamily lossOf(const Reader& in) {
  const std::string text = in.text("loss");
  const auto& names = EnumNames<GlmFamily>::names;
  const auto found = std::find(std::begin(names), std::end(names), text);
  require(found != std::end(names), in.pathOf("loss"), text, oneOf(names));
  return static_cast<GlmFamily>(found - std::begin(names));
}

MatrixInput denseData(const Reader& in, const GlmData& data) {
  if (!data.dense()) return {};
  const MatrixInput given = in.matrix("data");
  require(given.rows == data.count() && given.columns == data.columns(), in.pathOf("data.rows"), given.rows,
          "expected " + show(data.count()) + " x " + show(data.columns()));
  return given;
}

}  // namespace

Napi::Value compileRegression(Napi::Env env, const Reader& in) {
  GlmData::Rows rows;
  rows.family = lossOf(in);
  const Reader x = in.object("x");
  if (x.has("format")) {
    rows.matrix = readMatrix(x);
  } else {
    const MatrixInput dense = x.asMatrix();
    rows.matrix.rows = dense.rows;
    rows.matrix.columns = dense.columns;
  }
  rows.y = copyOf(in, "y", rows.matrix.rows);
  rows.weights = copyOf(in, "weights", rows.matrix.rows);
  if (in.has("offset")) rows.offset = copyOf(in, "offset", rows.matrix.rows);
  rows.ridge = copyOf(in, "ridge", rows.matrix.columns);
  std::shared_ptr<SharedProgram> constraints;
  if (in.has("constraints")) {
    constraints = compiledProgram(in, "constraints");
    require(constraints->graph().variableCount() == rows.matrix.columns, in.pathOf("constraints"),
            constraints->graph().variableCount(), "expected as many variables as columns");
  }
  const auto data = std::make_shared<const GlmData>(std::move(rows));
  const auto make = [data, constraints](const Reader& request) -> std::shared_ptr<Oracle> {
    std::shared_ptr<Oracle> other;
    if (constraints) other = std::make_shared<BorrowedProgram>(constraints, std::span<const double>());
    return std::make_shared<ConstrainedObjective>(std::make_unique<GlmObjective>(data, denseData(request, *data)),
                                                  std::move(other));
  };
  return makeHandle(env, make, data->bytes());
}

}  // namespace nonconvex
