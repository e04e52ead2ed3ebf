// Convex quadratic programs from the solution of another one near by, by changes of the active sides.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/ldl_dense.hpp"
#include "methods/quadratic/quadratic_polish.hpp"
#include "methods/quadratic/quadratic_system.hpp"

namespace nonconvex {

/// Follows the solutions of the programs between one that a point solves and the program as given (M. Best, "An
/// algorithm for the solution of the parametric quadratic programming problem", 1996; H. Ferreau, H. Bock, M. Diehl,
/// "An online active set strategy to overcome the limitations of explicit MPC", Int. J. Robust Nonlinear Control 18,
/// 2008): c and the sides move from where the point and its multipliers are a solution to where they are given, x, y
/// and z along lines, until a multiplier or the distance from a side is 0, where that side leaves the active ones or
/// joins them. A proximal term of x and one of y make all systems regular, whichever sides are active.
///
/// [Q + rho I, G^T; G, -delta I] over the free variables and active rows is factorised once. Each change afterwards is
/// a row and a column that border it.
class ParametricActiveSet {
 public:
  /// All must outlive this.
  ParametricActiveSet(const Cpu& la, const ConvexQuadratic& program, QuadraticSystem& system);

  /// Goes from a point, whose multipliers say which sides are active, to the solution, which the proximal terms alone
  /// shift. False where that is too far: many sides would be crossed, as one factorisation tells.
  bool reach(const QuadraticPoint& from);

  const QuadraticPoint& point() const { return point_; }
  const std::vector<ActiveSide>& active() const { return active_; }

 private:
  struct Tuning {
    static constexpr double primal = 1e-8;  ///< rounding: rho, the weight of the proximal term of x
    static constexpr double dual = 1e-6;    ///< rounding: delta, that of y
    static constexpr double absent = 1e20;  ///< safeguard: diagonal of a variable that is at a side
    static constexpr double active = 1e-9;  ///< rounding: least multiplier, beside the largest, of an active side
    static constexpr double still = 1e-13;  ///< rounding: rates that count as 0
    static constexpr int near = 16;         ///< safeguard: sides that the way may cross at first
    static constexpr int changes = 60;      ///< safeguard: changes on the way, each of which takes a solve
  };
  /// The sides of a row or, behind the rows, of a variable on the way, and how fast they move.
  struct Sides {
    double low, high, lowRate, highRate;
    bool equation;

    double rate(ActiveSide side) const { return side == ActiveSide::low ? lowRate : highRate; }
  };
  /// An item that has joined the system since it was factorised, or has left it.
  struct Border {
    std::size_t item;
    bool joins;
    std::vector<std::pair<std::size_t, double>> entries;  ///< its column of the bordered system
    std::vector<double> solved;                           ///< the inverse of the factors times that
    double right;  ///< its entry of the right-hand side, less what the solution without borders takes of it

    double times(const std::vector<double>& v) const {
      double sum = 0;
      for (const auto& [k, value] : entries) sum += value * v[k];
      return sum;
    }
  };
  /// The next change: after `length`, the item is at this side, or at none.
  struct Change {
    double length;
    std::optional<std::size_t> item;
    ActiveSide to;
  };

  std::size_t place(std::size_t item) const { return item < m_ ? n_ + item : item - m_; }
  bool isVariable(std::size_t item) const { return item >= m_; }
  /// Returns true if the system has the item: a variable at no side, or a row at one.
  bool inSystem(std::size_t item, ActiveSide side) const { return isVariable(item) == (side == ActiveSide::none); }
  double low(std::size_t item) const { return isVariable(item) ? p_.lower[item - m_] : p_.atLeast[item]; }
  double high(std::size_t item) const { return isVariable(item) ? p_.upper[item - m_] : p_.atMost[item]; }
  template <class Point>
  auto& multiplierOf(std::size_t item, Point& point) const {
    return isVariable(item) ? point.z[item - m_] : point.y[item];
  }
  void begin(const QuadraticPoint& from);
  void placeSides();
  bool factor();
  bool direction();
  void takeRates(const std::vector<double>& u, const std::vector<double>& t);
  template <class F>
  void forRooms(F&& meet) const;
  Change nextChange(std::optional<std::size_t> last) const;
  int crossings() const;
  void move(double length);
  bool change(const Change& change);
  std::vector<double> columnOf(std::size_t item) const;
  void addBorder(std::size_t item, bool joins);

  const Cpu& la_;
  const ConvexQuadratic& p_;
  QuadraticSystem& system_;
  std::size_t n_, m_;
  QuadraticPoint point_;
  std::vector<double> w_;                      ///< rows with their proximal terms, and variables, which meet the sides
  std::vector<ActiveSide> active_, factored_;  ///< now, and when the system was factorised
  std::vector<Sides> sides_;
  std::vector<double> gradient_;         ///< what is missing of the gradient of the Lagrangian where the way begins
  std::vector<double> right_, base_;     ///< the right-hand side of the system without borders, and its solution
  std::vector<double> fixed_, ofFixed_;  ///< rates of the variables at sides, and [Q; G] times these
  QuadraticPoint rate_;
  std::vector<double> rowRate_;
  std::vector<Border> borders_;
  HostMatrix<double> schur_;
  DenseLdl ldl_;
  double left_ = 1;  ///< the part of the way that is left
};

}  // namespace nonconvex
