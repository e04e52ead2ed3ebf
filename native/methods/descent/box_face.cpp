#include "methods/descent/box_face.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"

namespace nonconvex {
namespace {

std::vector<double> filled(std::span<const double> values, int n, double otherwise) {
  if (values.empty()) return std::vector<double>(static_cast<std::size_t>(n), otherwise);
  return {values.begin(), values.end()};
}

/// The pattern of a lower triangle with its whole diagonal; `places` gets where entries of the given one are.
SparsePattern withDiagonal(const SparsePattern& given, std::vector<std::size_t>& places) {
  SparsePattern pattern;
  pattern.lines = given.lines;
  pattern.width = given.width;
  for (int j = 0; j < given.lines; ++j) {
    const std::span<const int> column = given.line(j);
    if (column.empty() || column.front() != j) pattern.indices.push_back(j);
    for (const int i : column) {
      places.push_back(pattern.indices.size());
      pattern.indices.push_back(i);
    }
    pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
  }
  return pattern;
}

/// Whether so much room between x and a bound is little.
bool isNear(double room, double x) {
  constexpr double near = 1e-3;
  return room <= near * std::max(1.0, std::abs(x));
}

}  // namespace

BoxFace::BoxFace(std::shared_ptr<Nlp> nlp)
    : nlp_(std::move(nlp)),
      lower_(filled(nlp_->variableBounds().lower, nlp_->variables(), -infinity)),
      upper_(filled(nlp_->variableBounds().upper, nlp_->variables(), infinity)),
      pattern_(withDiagonal(nlp_->hessianPattern(), places_)),
      given_(places_.size()) {
  for (Vector* v : {&x_, &gradient_, &diagonal_, &moving_}) v->resize(lower_.size());
}

bool BoxFace::project(std::span<double> x) const {
  bool moved = false;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double inside = std::max(lower_[j], std::min(x[j], upper_[j]));
    moved = moved || inside != x[j];
    x[j] = inside;
  }
  return moved;
}

bool BoxFace::project(const NlpPoint& point, std::span<double> x) const {
  constexpr double left = 0.1;  // of the way
  bool moved = project(x);
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (point.g[j] == 0) continue;
    const double bound = point.g[j] > 0 ? lower_[j] : upper_[j];
    const double room = std::abs(point.x[j] - bound);
    if (x[j] == bound || !isNear(room, point.x[j]) || std::abs(x[j] - bound) > left * room) continue;
    x[j] = bound;
    moved = true;
  }
  return moved;
}

std::optional<int> BoxFace::contradiction() const {
  for (std::size_t j = 0; j < lower_.size(); ++j) {
    if (lower_[j] > upper_[j]) return static_cast<int>(j);
  }
  return std::nullopt;
}

void BoxFace::moveTo(std::span<const double> x) {
  std::copy(x.begin(), x.end(), x_.begin());
  project(x_);
  nlp_->moveTo(x_);
  looked_ = false;
}

/// Finds what is held at x_.
void BoxFace::look() {
  if (looked_) return;
  nlp_->gradient(gradient_);
  double longest = 0;  // way that a step along -g has inside the box
  for (std::size_t j = 0; j < x_.size(); ++j) {
    const double to = std::max(lower_[j], std::min(x_[j] - gradient_[j], upper_[j]));
    longest = std::max(longest, std::abs(to - x_[j]));
  }
  for (std::size_t j = 0; j < x_.size(); ++j) {
    const double g = gradient_[j];
    const double bound = g > 0 ? lower_[j] : upper_[j];
    const double room = std::abs(x_[j] - bound);
    diagonal_[j] = -1;
    if (lower_[j] == upper_[j] || (g != 0 && room == 0)) {
      diagonal_[j] = 0;
    } else if (g != 0 && room <= longest && isNear(room, x_[j])) {
      diagonal_[j] = std::abs(g) / room;
    }
  }
  looked_ = true;
}

void BoxFace::gradient(std::span<double> g) {
  look();
  for (std::size_t j = 0; j < g.size(); ++j) g[j] = diagonal_[j] == 0 ? 0 : gradient_[j];
}

void BoxFace::takenByBounds(std::span<const double> x, std::span<double> out) {
  moveTo(x);
  look();
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = diagonal_[j] == 0 ? gradient_[j] : 0;
}

void BoxFace::keepHeld(const NlpPoint& point, std::span<double> direction) const {
  for (std::size_t j = 0; j < direction.size(); ++j) {
    if (held(j, point)) direction[j] = 0;
  }
}

void BoxFace::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  nlp_->hessian(sigma, lambda, given_);
  std::fill(values.begin(), values.end(), 0.0);
  for (std::size_t k = 0; k < places_.size(); ++k) values[places_[k]] = given_[k];
  look();
  double size = 0;
  for (int j = 0; j < pattern_.lines; ++j) {
    const auto column = static_cast<std::size_t>(j);
    const auto begin = static_cast<std::size_t>(pattern_.offsets[column]);
    const std::span<const int> rows = pattern_.line(j);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      double& value = values[begin + k];
      if (still(column) || still(static_cast<std::size_t>(rows[k]))) value = 0;
      size = std::max(size, std::abs(value));
    }
  }
  for (std::size_t j = 0; j < diagonal_.size(); ++j) {
    if (!still(j)) continue;
    const double held = size > 0 ? size : 1;
    values[static_cast<std::size_t>(pattern_.offsets[j])] = diagonal_[j] > 0 ? sigma * diagonal_[j] : held;
  }
}

void BoxFace::jacobianTransposedProduct(std::span<const double>, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
}

void BoxFace::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                             std::span<double> out) {
  look();
  for (std::size_t j = 0; j < moving_.size(); ++j) moving_[j] = still(j) ? 0 : v[j];
  nlp_->hessianProduct(sigma, lambda, moving_, out);
  for (std::size_t j = 0; j < moving_.size(); ++j) {
    if (still(j)) out[j] = sigma * (diagonal_[j] > 0 ? diagonal_[j] : 1) * v[j];
  }
}

std::shared_ptr<BoxFace> boxFaceOf(const std::shared_ptr<Nlp>& nlp) {
  const NlpBounds bounds = nlp->variableBounds();
  const auto finite = [](double bound) { return std::isfinite(bound); };
  if (std::none_of(bounds.lower.begin(), bounds.lower.end(), finite) &&
      std::none_of(bounds.upper.begin(), bounds.upper.end(), finite)) {
    return nullptr;
  }
  return std::make_shared<BoxFace>(nlp);
}

}  // namespace nonconvex
