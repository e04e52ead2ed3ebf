#include "methods/quadratic/parametric_active_set.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

ParametricActiveSet::ParametricActiveSet(const Cpu& la, const ConvexQuadratic& program, QuadraticSystem& system)
    : la_(la),
      p_(program),
      system_(system),
      n_(program.c.size()),
      m_(program.atLeast.size()),
      w_(n_ + m_),
      gradient_(n_),
      right_(n_ + m_),
      base_(n_ + m_),
      fixed_(n_),
      ofFixed_(n_ + m_),
      rate_{std::vector<double>(n_), std::vector<double>(m_), std::vector<double>(n_)},
      rowRate_(m_),
      schur_(Tuning::changes, Tuning::changes),
      ldl_(Tuning::changes, la) {}

bool ParametricActiveSet::reach(const QuadraticPoint& from) {
  la_.checkpoint();
  begin(from);
  placeSides();
  if (!factor() || !direction() || crossings() > Tuning::near) return false;
  std::optional<std::size_t> last;
  for (int changes = 0;; ++changes) {
    const Change next = nextChange(last);
    move(next.length);
    last = next.item;
    if (!next.item) return true;
    if (changes == Tuning::changes || !change(next) || !direction()) return false;
  }
}

/// Takes the multipliers that say which sides are active; there are none of sides that are not there.
void ParametricActiveSet::begin(const QuadraticPoint& from) {
  point_ = from;
  active_.assign(n_ + m_, ActiveSide::none);
  double largest = 0;
  for (const auto* multipliers : {&point_.y, &point_.z}) {
    for (const double value : *multipliers) largest = std::max(largest, std::abs(value));
  }
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    double& multiplier = multiplierOf(k, point_);
    const bool large = std::abs(multiplier) > Tuning::active * largest;
    if (low(k) == high(k) || (large && multiplier < 0 && std::isfinite(low(k)))) {
      active_[k] = ActiveSide::low;
    } else if (large && multiplier > 0 && std::isfinite(high(k))) {
      active_[k] = ActiveSide::high;
    } else {
      multiplier = 0;
    }
  }
}

/// Places the sides, and c, where the point is a solution.
void ParametricActiveSet::placeSides() {
  left_ = 1;
  multiplyRows(p_, point_.x, std::span(w_).first(m_));
  std::copy(point_.x.begin(), point_.x.end(), w_.begin() + static_cast<std::ptrdiff_t>(m_));
  multiplyHessian(p_, point_.x, gradient_);
  addTransposed(p_, point_.y, gradient_);
  for (std::size_t j = 0; j < n_; ++j) gradient_[j] += p_.c[j] + point_.z[j];
  sides_.clear();
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    const bool equation = low(k) == high(k);
    const double below = equation || active_[k] == ActiveSide::low ? w_[k] : std::min(low(k), w_[k]);
    const double above = equation || active_[k] == ActiveSide::high ? w_[k] : std::max(high(k), w_[k]);
    Sides sides{low(k), high(k), 0, 0, equation};
    if (std::isfinite(sides.low)) sides = {below, sides.high, low(k) - below, 0, equation};
    if (std::isfinite(sides.high)) sides = {sides.low, above, sides.lowRate, high(k) - above, equation};
    sides_.push_back(sides);
  }
}

bool ParametricActiveSet::factor() {
  std::vector<double> d(n_), e(m_);
  factored_ = active_;
  borders_.clear();
  for (std::size_t j = 0; j < n_; ++j) {
    const ActiveSide side = active_[m_ + j];
    d[j] = side == ActiveSide::none ? Tuning::primal : Tuning::absent;
    fixed_[j] = side == ActiveSide::none ? 0 : sides_[m_ + j].rate(side);
  }
  for (std::size_t i = 0; i < m_; ++i) e[i] = active_[i] == ActiveSide::none ? infinity : Tuning::dual;
  if (!system_.factor(d, e, PivotChoice::careful)) return false;
  multiplyHessian(p_, fixed_, std::span(ofFixed_).first(n_));
  multiplyRows(p_, fixed_, std::span(ofFixed_).last(m_));
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    const bool in = inSystem(k, active_[k]);
    const double side = isVariable(k) ? -gradient_[k - m_] : sides_[k].rate(active_[k]);
    right_[place(k)] = in ? side - ofFixed_[place(k)] : 0;
  }
  system_.solve(right_, base_);
  return true;
}

/// Finds the rates of x, y and z by the factors and the borders. False where they are not finite.
bool ParametricActiveSet::direction() {
  const std::size_t count = borders_.size();
  std::vector<double> t(count), u(base_);
  for (std::size_t a = 0; a < count; ++a) t[a] = borders_[a].right;
  if (count > 0) {
    ldl_.factor(schur_.view().block(0, 0, static_cast<int>(count), static_cast<int>(count)));
    ldl_.solve(t);
  }
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t k = 0; k < u.size(); ++k) u[k] -= t[a] * borders_[a].solved[k];
  }
  takeRates(u, t);
  return std::all_of(u.begin(), u.end(), [](double value) { return std::isfinite(value); });
}

/// Sets the rates to the solution u of the system and t of its borders.
void ParametricActiveSet::takeRates(const std::vector<double>& u, const std::vector<double>& t) {
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    const bool in = inSystem(k, factored_[k]);
    if (isVariable(k)) rate_.x[k - m_] = in ? u[place(k)] : fixed_[k - m_];
    if (!isVariable(k)) rate_.y[k] = in && active_[k] != ActiveSide::none ? u[place(k)] : 0;
  }
  for (std::size_t a = 0; a < t.size(); ++a) {
    const Border& border = borders_[a];
    if (border.joins) (isVariable(border.item) ? rate_.x[border.item - m_] : rate_.y[border.item]) += t[a];
  }
  multiplyRows(p_, rate_.x, rowRate_);
  multiplyHessian(p_, rate_.x, rate_.z);
  addTransposed(p_, rate_.y, rate_.z);
  for (std::size_t j = 0; j < n_; ++j) {
    const bool free = active_[m_ + j] == ActiveSide::none;
    rate_.z[j] = free ? 0 : -(rate_.z[j] + Tuning::primal * rate_.x[j] + gradient_[j]);
  }
}

/// Calls meet(item, room, rate, side) with the distance of each item from its next change, how fast that grows, and the
/// side that the item is at after it.
template <class F>
void ParametricActiveSet::forRooms(F&& meet) const {
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    const Sides& sides = sides_[k];
    if (sides.equation) continue;
    const double multiplier = multiplierOf(k, point_), rate = multiplierOf(k, rate_);
    if (active_[k] == ActiveSide::low) meet(k, -multiplier, -rate, ActiveSide::none);
    if (active_[k] == ActiveSide::high) meet(k, multiplier, rate, ActiveSide::none);
    if (active_[k] != ActiveSide::none) continue;
    const double moves = isVariable(k) ? rate_.x[k - m_] : rowRate_[k];
    meet(k, w_[k] - sides.low, moves - sides.lowRate, ActiveSide::low);
    meet(k, sides.high - w_[k], sides.highRate - moves, ActiveSide::high);
  }
}

/// The next change but one of `last` on the spot: an item that would go back at once would do so again and again.
ParametricActiveSet::Change ParametricActiveSet::nextChange(std::optional<std::size_t> last) const {
  Change next{.length = left_, .item = {}, .to = ActiveSide::none};
  forRooms([&](std::size_t item, double room, double rate, ActiveSide to) {
    if (!(rate < -Tuning::still) || !std::isfinite(room)) return;
    const double length = std::max(room, 0.0) / -rate;
    if (length == 0 && item == last) return;
    if (length < next.length) next = {length, item, to};
  });
  return next;
}

/// The sides that the whole way would cross along the first direction.
int ParametricActiveSet::crossings() const {
  int count = 0;
  forRooms([&](std::size_t, double room, double rate, ActiveSide) { count += room + rate < -Tuning::still ? 1 : 0; });
  return count;
}

void ParametricActiveSet::move(double length) {
  left_ -= length;
  for (std::size_t j = 0; j < n_; ++j) {
    point_.x[j] += length * rate_.x[j];
    point_.z[j] += length * rate_.z[j];
    w_[m_ + j] = point_.x[j];
  }
  for (std::size_t i = 0; i < m_; ++i) {
    point_.y[i] += length * rate_.y[i];
    w_[i] += length * (rowRate_[i] - Tuning::dual * rate_.y[i]);
  }
  for (Sides& sides : sides_) {
    sides.low += length * sides.lowRate;
    sides.high += length * sides.highRate;
  }
}

/// Changes the side of an item. False where one that comes back is at its other side now, for which the factors are
/// not.
bool ParametricActiveSet::change(const Change& next) {
  const std::size_t k = *next.item;
  if (next.to == ActiveSide::none) multiplierOf(k, point_) = 0;
  active_[k] = next.to;
  const auto border = std::find_if(borders_.begin(), borders_.end(), [&](const Border& b) { return b.item == k; });
  if (border == borders_.end()) {
    addBorder(k, inSystem(k, active_[k]));
    return true;
  }
  if (active_[k] != factored_[k]) return false;
  const auto index = static_cast<int>(border - borders_.begin()), last = static_cast<int>(borders_.size()) - 1;
  for (int a = 0; a <= last; ++a) schur_(index, a) = schur_(a, index) = schur_(last, a);
  schur_(index, index) = schur_(last, last);
  std::swap(*border, borders_.back());
  borders_.pop_back();
  return true;
}

/// The column of the system that an item would have there.
std::vector<double> ParametricActiveSet::columnOf(std::size_t item) const {
  std::vector<double> column(n_ + m_), unit(isVariable(item) ? n_ : m_);
  unit[isVariable(item) ? item - m_ : item] = 1;
  const std::span<double> ofX = std::span(column).first(n_), ofY = std::span(column).last(m_);
  if (isVariable(item)) {
    multiplyHessian(p_, unit, ofX);
    multiplyRows(p_, unit, ofY);
  } else {
    addTransposed(p_, unit, ofX);
  }
  column[place(item)] += isVariable(item) ? Tuning::primal : -Tuning::dual;
  return column;
}

/// An item that joins brings its column; one that leaves is held where its side is, its multiplier at 0.
void ParametricActiveSet::addBorder(std::size_t item, bool joins) {
  const std::size_t own = place(item);
  std::vector<double> column(n_ + m_);
  Border border{item, joins, {}, std::vector<double>(n_ + m_), 0};
  if (joins) {
    column = columnOf(item);
    const double side =
        isVariable(item) ? -gradient_[own] - Tuning::primal * fixed_[own] : sides_[item].rate(active_[item]);
    border.right = side - ofFixed_[own];
  } else {
    column[own] = 1;
    border.right = isVariable(item) ? sides_[item].rate(active_[item]) : 0;
  }
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    if (column[k] != 0) border.entries.emplace_back(k, column[k]);
  }
  border.right -= border.times(base_);
  system_.solveRoughly(column, border.solved);
  const int last = static_cast<int>(borders_.size());
  borders_.push_back(std::move(border));
  for (int a = 0; a <= last; ++a) {
    const Border& other = borders_[at(a)];
    const double entry = other.joins && joins ? column[place(other.item)] : 0;
    schur_(a, last) = schur_(last, a) = entry - other.times(borders_.back().solved);
  }
}

}  // namespace nonconvex
