// Problems of the benchmarks by kernels of their own, and by their names those of newton_models.hpp.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "expressions/program.hpp"
#include "newton_models.hpp"
#include "problems/constrained_objective.hpp"
#include "problems/glm/objective.hpp"
#include "problems/quadratic_nlp.hpp"

namespace nonconvex::bench {

struct NamedNlp {
  std::shared_ptr<Nlp> nlp;
  std::vector<double> start;
  bool moveStart = false;                ///< our solver begins near the start where the constraints hold
  double dataBytes = 0;                  ///< bytes that an evaluation must read
  std::shared_ptr<void> data = nullptr;  ///< what the nlp refers to
};

/// Equations B x = d and ||x||^2 = 1.
inline std::shared_ptr<Nlp> sphereAndRows(int n, ConstantMatrix B, const std::vector<double>& d) {
  Graph g(n);
  const int x = g.variables(0, n);
  g.equalZero(g.binary(Op::subtract, g.matvec(x, g.matrix(std::move(B))), g.constant(d)));
  g.equalZero(g.binary(Op::subtract, g.norm2Squared(x, n), g.constant(1)));
  return std::make_shared<Program>(g);
}

/// Logistic regression of a sparse matrix: a file of 32-bit integers rows, columns, nonzeros, equations, offsets,
/// indices, then (at a multiple of 8) of doubles values, y, B, d.
inline NamedNlp regression(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const auto read = [&]<class T>(std::vector<T> to) {
    if (!file.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size() * sizeof(T)))) {
      throw std::runtime_error(path + ": too short");
    }
    return to;
  };
  const auto ints = [&](std::size_t count) { return read(std::vector<std::int32_t>(count)); };
  const auto doubles = [&](std::size_t count) { return read(std::vector<double>(count)); };
  const std::vector<std::int32_t> sizes = ints(4);
  const auto rows = static_cast<std::size_t>(sizes[0]), columns = static_cast<std::size_t>(sizes[1]);
  const auto nonzeros = static_cast<std::size_t>(sizes[2]), equations = static_cast<std::size_t>(sizes[3]);
  GlmData::Rows data;
  data.matrix.rows = sizes[0];
  data.matrix.columns = sizes[1];
  data.matrix.offsets = ints(rows + 1);
  data.matrix.indices = ints(nonzeros);
  if ((rows + 1 + nonzeros) % 2 != 0) ints(1);
  data.matrix.values = doubles(nonzeros);
  data.y = doubles(rows);
  data.weights.assign(rows, 1.0 / static_cast<double>(rows));
  const double bytes = 12.0 * static_cast<double>(nonzeros) + 12.0 * static_cast<double>(rows);
  data.ridge.assign(columns, 0);
  ConstantMatrix B(sizes[3], sizes[1], doubles(equations * columns));
  const std::vector<double> d = doubles(equations);
  auto objective = std::make_unique<GlmObjective>(std::make_shared<const GlmData>(std::move(data)));
  return {std::make_shared<ConstrainedObjective>(std::move(objective), sphereAndRows(sizes[1], std::move(B), d)),
          std::vector<double>(columns, 1.0), true, bytes};
}

/// Logistic regression with a dense matrix N(0, 1) D, D from 1 down to 1 / condition in equal ratios; 10 linear
/// equations and ||x||^2 = 1.
inline NamedNlp tall(int rows, int columns, double condition) {
  const Random random(5);
  const auto n = static_cast<std::size_t>(columns);
  auto numbers = std::make_shared<std::vector<double>>(static_cast<std::size_t>(rows) * n);
  std::vector<double> scales(n);
  for (std::size_t j = 0; j < n; ++j) {
    scales[j] = std::pow(condition, -static_cast<double>(j) / std::max(1.0, static_cast<double>(n - 1)));
  }
  GlmData::Rows data;
  data.matrix.rows = rows;
  data.matrix.columns = columns;
  for (int i = 0; i < rows; ++i) {
    double* row = numbers->data() + static_cast<std::size_t>(i) * n;
    double t = 0;
    for (std::size_t j = 0; j < n; ++j) {
      row[j] = random.normal(static_cast<std::uint64_t>(i) * n + j) * scales[j];
      t += row[j] * (j % 2 == 0 ? 1 : -1);
    }
    const double noise = random.normal((std::uint64_t{1} << 40) + static_cast<std::uint64_t>(i));
    data.y.push_back(t + noise > 0 ? 1 : 0);
  }
  data.weights.assign(static_cast<std::size_t>(rows), 1.0 / rows);
  data.ridge.assign(n, 0);
  constexpr int equations = 10;
  ConstantMatrix B(equations, columns, {});
  std::vector<double> d;
  const Random others(6);
  for (std::uint64_t k = 0; k < equations * n; ++k) B.values.push_back(others.normal(k));
  for (std::uint64_t k = 0; k < equations; ++k) d.push_back(others.normal(equations * n + k));
  auto objective = std::make_unique<GlmObjective>(
      std::make_shared<const GlmData>(std::move(data)),
      MatrixInput{.f64 = numbers->data(), .f32 = nullptr, .rows = rows, .columns = columns});
  return {std::make_shared<ConstrainedObjective>(std::move(objective), sphereAndRows(columns, std::move(B), d)),
          std::vector<double>(n, 1.0), true, 8.0 * static_cast<double>(numbers->size()), numbers};
}

/// `control` of newton_models.hpp.
inline NamedNlp poisson(int side) {
  const double e = 0.1 / std::sqrt(15.0), middle = (side + 1) / 2.0;
  std::vector<double> target;
  for (int i = 0; i < side; ++i) {
    for (int j = 0; j < side; ++j)
      target.push_back(std::sin(4 + e * (i + 1 - middle)) + std::cos(3 + e * (j + 1 - middle)));
  }
  auto data = std::make_shared<const QuadraticData>(poissonControl(side, target, 0.1, {}));
  std::vector<double> start(2 * target.size(), 1.0);
  const double bytes = 12.0 * static_cast<double>(data->lower.nonzeros() + data->rows.nonzeros());
  return {std::make_shared<QuadraticNlp>(std::move(data)), std::move(start), false, bytes};
}

/// `poisson:SIDE`, `tall:ROWS:COLUMNS:CONDITION`, `regression:FILE`, or a name of newton_models.hpp.
inline NamedNlp namedNlp(const std::string& name) {
  std::vector<std::string> parts = {""};
  for (const char letter : name) {
    if (letter == ':')
      parts.emplace_back();
    else
      parts.back() += letter;
  }
  const auto integer = [&](std::size_t k) { return std::stoi(parts.at(k)); };
  if (parts[0] == "poisson") return poisson(integer(1));
  if (parts[0] == "tall") return tall(integer(1), integer(2), std::stod(parts.at(3)));
  if (parts[0] == "regression") return regression(name.substr(parts[0].size() + 1));
  Model model = modelOf(name);
  return {std::make_shared<Program>(model.graph), std::move(model.start), false, model.dataBytes};
}

}  // namespace nonconvex::bench
