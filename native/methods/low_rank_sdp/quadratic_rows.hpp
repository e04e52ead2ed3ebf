// Constraints of a quadratic program: what they say of a box, and as forms on the unit box with multipliers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "methods/low_rank_sdp/ball_factors.hpp"
#include "methods/low_rank_sdp/box_quadratic.hpp"

namespace nonconvex {

/// Makes a box smaller by what is linear in the rows; false where no point of the box meets all rows. Proved in rounded
/// arithmetic.
bool propagateRows(const BoxQuadratic& problem, std::span<double> lower, std::span<double> upper);

/// Multipliers of forms that are nowhere negative, or zero, at points of the box that meet the rows: a row less its
/// side, and the products of a linear row's and a distance 1 + z_j or 1 - z_j.
class QuadraticRowMultipliers {
 public:
  /// A multiplier in units of the problem's variables.
  struct Kept {
    std::uint64_t key;
    double value;
  };

  /// Begins with the rows of a problem on the unit box, and the multipliers that were kept, whose keys rise.
  void set(const BoxQuadratic& problem, const UnitQuadratic& unit, std::span<const Kept> kept);
  bool empty() const { return forms_.empty(); }
  /// One gradient step of the multipliers, and of their averages by a share.
  void raise(const BallFactors& factors, double step, double share);
  /// combined := unit - sum of multipliers times forms, by the newest multipliers or by averages.
  void combine(const UnitQuadratic& unit, bool averages, UnitQuadratic& combined) const;
  /// The averages, for the next set().
  std::vector<Kept> keep(const UnitQuadratic& unit) const;

 private:
  struct Tuning;
  struct Entry {
    int i, j;  // j = -1: linear in z_i
    double value;
  };
  struct Form {
    std::uint64_t key = 0;
    std::size_t begin = 0, end = 0;  // entries of the form
    double constant = 0, error = 0;
    double absolute = 0;  // sum of the absolute values of all coefficients
    double weight = 0;    // step of the multiplier beside that of a product of two variables
    bool equation = false;
    int repeats = 3;  // the most terms that meet in one coefficient
    int factor = -1;  // the variable of the distance in a product
    double y = 0, average = 0;
  };

  void addRow(const QuadraticRow& row, int number, const UnitQuadratic& unit, bool products);
  void addSide(const QuadraticRow& row, double side, double sign, const UnitQuadratic& unit, Form form);
  void addProducts(const UnitQuadratic& unit, std::size_t linear);
  void finish(Form form);
  void restore(const UnitQuadratic& unit, std::span<const Kept> kept);

  std::vector<int> place_;  // place of each variable of the problem among the free ones; -1: not free
  std::vector<double> dense_;
  std::vector<Entry> entries_;
  std::vector<Form> forms_;
};

}  // namespace nonconvex
