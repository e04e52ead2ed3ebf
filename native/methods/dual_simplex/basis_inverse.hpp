// The edges of a vertex: the inverse of the basis of a linear program with few columns.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "methods/dual_simplex/scaled_lp.hpp"

namespace nonconvex {

/// Columns of a program with n columns sit in n slots, one nonbasic item each: a column, whose normal is a unit vector,
/// or a row. With V the matrix of these normals, this holds M = V^-1, whose column p is the direction in which slot p's
/// item alone changes, by 1. A row of M that belongs to a nonbasic column is a unit vector and is not stored, so that k
/// n numbers are stored and changed at a pivot, k the number of basic columns: the inverse of the basis's structural
/// part and its product with the nonbasic columns.
class BasisInverse {
 public:
  explicit BasisInverse(int columns);

  /// Takes the columns as nonbasic items, slot j for column j, and forgets all rows.
  void reset(int items);
  void setItems(int items) { slot_.resize(at(items), -1); }
  /// Brings the wanted rows into slots in exchange for wanted columns, the sparsest first. A row that depends on those
  /// before it stays basic, and a column without a row stays nonbasic.
  void factor(const ScaledLp& lp, std::span<const std::uint8_t> basic);
  /// Does that from the basis that there is: rows that have a slot, and columns that have none, stay as they are.
  void extend(const ScaledLp& lp, std::span<const std::uint8_t> basic);

  int columns() const { return n_; }
  int stride() const { return stride_; }
  int slotOf(int item) const { return slot_[at(item)]; }
  bool isBasic(int item) const { return slot_[at(item)] < 0; }
  int itemOf(int slot) const { return item_[at(slot)]; }
  std::span<const int> basicColumns() const { return basic_; }
  /// Number of exchanges since factor() or reset().
  int exchanges() const { return exchanges_; }
  /// The number of operations of an exchange, about.
  double work() const { return static_cast<double>(stride_) * static_cast<double>(1 + basic_.size()); }
  /// Exchanges of factor() and extend() call this now and then; null: nothing. What it returns does not matter; it may
  /// throw, then factor() has to come before anything else.
  void setWatch(const std::function<bool()>* watch) { watch_ = watch; }

  /// alpha = (item's normal)^T M: the item's value changes by alpha_p where slot p's changes by 1.
  void normal(const ScaledLp& lp, int item, double* alpha) const;
  /// z = M s, for numbers s of the slots.
  void point(const double* s, double* z) const;
  /// d = M^T c, for numbers c of the columns.
  void gradient(const double* c, double* d) const;
  /// Column p of M, all columns' changes.
  void direction(int slot, double* change) const;
  /// The item, whose normal is alpha, takes the slot of another one. alpha at the slot is not 0.
  void exchange(int slot, int item, const double* alpha);

 private:
  struct Tuning {
    static constexpr double dependent = 1e-10;  ///< rounding: a row whose normal is less than this in all free slots
    static constexpr double threshold = 0.1;    ///< safeguard: least share of the largest pivot for a sparser one
    static constexpr double operations = 1e6;   ///< safeguard: between two calls of the watch, about a millisecond
  };
  struct Order;

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  double* row(int r) { return inverse_.data() + at(r) * at(stride_); }
  const double* row(int r) const { return inverse_.data() + at(r) * at(stride_); }
  void watch();
  void bringIn(const ScaledLp& lp, Order& order, int row, int wantedColumn);

  int n_, stride_, exchanges_ = 0;
  std::vector<int> slot_;   ///< the slot of an item, -1 where it is basic
  std::vector<int> item_;   ///< the item in a slot
  std::vector<int> basic_;  ///< the column that belongs to a stored row
  std::vector<int> place_;  ///< the stored row of a column, -1 where it is nonbasic
  std::vector<double> inverse_;
  mutable std::vector<double> products_;  ///< work
  std::vector<double> alpha_;             ///< work
  const std::function<bool()>* watch_ = nullptr;
  double unwatched_ = 0;  ///< operations since the watch was called
};

}  // namespace nonconvex
