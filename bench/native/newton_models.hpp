// Models of the Newton benchmarks: .nl files, and families of any size as graphs.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "expressions/graph.hpp"
#include "expressions/nl/reader.hpp"

namespace nonconvex::bench {

struct Model {
  Graph graph;
  std::vector<double> start;
  double dataBytes = 0;  ///< bytes of constants that an evaluation must read, without those that a .nl file needs
};

/// min 1/2 ||u - d||^2 + 0.05 ||z||^2  subject to  Lap_h u + z = 0  on a grid of side x side points, h = 2 / (side +
/// 1).
inline Model control(int side) {
  const int points = side * side;
  const double h = 2.0 / (side + 1), e = 0.1 / std::sqrt(15.0), middle = (side + 1) / 2.0;
  std::vector<double> target;
  SparseMatrix laplacian{.rows = points, .columns = points, .values = {}, .offsets = {0}, .indices = {}};
  for (int i = 0; i < side; ++i) {
    for (int j = 0; j < side; ++j) {
      target.push_back(std::sin(4 + e * (i + 1 - middle)) + std::cos(3 + e * (j + 1 - middle)));
      const auto put = [&](bool inside, int at, double value) {
        if (!inside) return;
        laplacian.indices.push_back(at);
        laplacian.values.push_back(value / (h * h));
      };
      const int at = i * side + j;
      put(i > 0, at - side, 1);
      put(j > 0, at - 1, 1);
      put(true, at, -4);
      put(j + 1 < side, at + 1, 1);
      put(i + 1 < side, at + side, 1);
      laplacian.offsets.push_back(static_cast<int>(laplacian.indices.size()));
    }
  }
  Graph g(2 * points);
  const int u = g.variables(0, points), z = g.variables(points, points);
  const int distance = g.norm2Squared(g.binary(Op::subtract, u, g.constant(target)), points);
  const int effort = g.norm2Squared(z, points);
  const int objective = g.binary(Op::add, g.binary(Op::multiply, g.constant(0.5), distance),
                                 g.binary(Op::multiply, g.constant(0.05), effort));
  const double bytes = 8.0 * points + 12.0 * static_cast<double>(laplacian.values.size());
  g.minimize(objective);
  g.equalZero(g.binary(Op::add, g.matvec(u, g.matrix(std::move(laplacian))), z));
  return {std::move(g), std::vector<double>(2 * static_cast<std::size_t>(points), 1.0), bytes};
}

/// Chained Rosenbrock function with trigonometric and exponential constraints (Luksan and Vlcek 1999, problem 5.1).
inline Model chain(int n) {
  Graph g(n);
  const auto scaled = [&](double factor, int a) { return g.binary(Op::multiply, g.constant(factor), a); };
  const auto add = [&](int a, int b) { return g.binary(Op::add, a, b); };
  const auto subtract = [&](int a, int b) { return g.binary(Op::subtract, a, b); };
  const auto multiply = [&](int a, int b) { return g.binary(Op::multiply, a, b); };
  const int x = g.variables(0, n), head = g.variables(0, n - 1), tail = g.variables(1, n - 1);
  const int valley = g.norm2Squared(subtract(g.unary(Op::square, head), tail), n - 1);
  const int slope = g.norm2Squared(subtract(head, g.constant(1)), n - 1);
  g.minimize(add(scaled(100, valley), slope));
  const int a = g.slice(x, 0, 1, n - 2), b = g.slice(x, 1, 1, n - 2), c = g.slice(x, 2, 1, n - 2);
  const int cube = scaled(3, multiply(b, g.unary(Op::square, b)));
  const int waves = multiply(g.unary(Op::sin, subtract(b, c)), g.unary(Op::sin, add(b, c)));
  const int exponential = multiply(a, g.unary(Op::exp, subtract(a, b)));
  const int linear = add(scaled(2, c), scaled(4, b));
  g.equalZero(subtract(subtract(add(add(cube, linear), waves), exponential), g.constant(8)));
  std::vector<double> start(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < start.size(); ++i) start[i] = i % 2 == 0 ? -1.2 : 1;
  return {std::move(g), std::move(start)};
}

/// Chained Rosenbrock function without constraints: min sum 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2.
inline Model rosenbrock(int n) {
  Graph g(n);
  const int head = g.variables(0, n - 1), tail = g.variables(1, n - 1);
  const int valley = g.norm2Squared(g.binary(Op::subtract, tail, g.unary(Op::square, head)), n - 1);
  const int slope = g.norm2Squared(g.binary(Op::subtract, g.constant(1), head), n - 1);
  g.minimize(g.binary(Op::add, g.binary(Op::multiply, g.constant(100), valley), slope));
  std::vector<double> start(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < start.size(); ++i) start[i] = i % 2 == 0 ? -1.2 : 1;
  return {std::move(g), std::move(start)};
}

/// min 1/rows sum log(1 + exp(A x))  subject to  ||x||^2 = 1,  A dense with 100 columns.
inline Model logistic(int rows) {
  const int columns = 100;
  const Random random(1);
  ConstantMatrix matrix(rows, columns, {});
  matrix.values.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (std::size_t i = 0; i < matrix.values.size(); ++i) matrix.values[i] = random.normal(i);
  Graph g(columns);
  const int x = g.variables(0, columns);
  const double bytes = 8.0 * static_cast<double>(matrix.values.size());
  const int losses = g.unary(Op::softplus, g.matvec(x, g.matrix(std::move(matrix))));
  g.minimize(g.binary(Op::multiply, g.constant(1.0 / rows), g.sum(losses)));
  g.equalZero(g.binary(Op::subtract, g.norm2Squared(x, columns), g.constant(1)));
  return {std::move(g), std::vector<double>(static_cast<std::size_t>(columns), 0.1), bytes};
}

/// `control:SIDE`, `chain:N`, `rosenbrock:N`, `logistic:ROWS` or the path of a .nl file.
inline Model modelOf(const std::string& name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) {
    NlModel model = readNl(name);
    return {std::move(model.graph), std::move(model.start)};
  }
  const std::string family = name.substr(0, colon);
  const int size = std::stoi(name.substr(colon + 1));
  if (family == "control") return control(size);
  if (family == "chain") return chain(size);
  if (family == "rosenbrock") return rosenbrock(size);
  if (family == "logistic") return logistic(size);
  throw std::invalid_argument(name + ": expected control:SIDE, chain:N, rosenbrock:N, logistic:ROWS or a .nl file");
}

}  // namespace nonconvex::bench
