// Sums over rows by several threads.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "expressions/rows/row_pass.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

/// A request for some rows. Outputs of the plan have `entries` numbers a row, one after the other.
template <class T>
struct RowRequest {
  RowSet rows;
  RowTheta<const T> theta;
  double* sums = nullptr;  ///< gets the sums over the rows, one for each entry
  double* each = nullptr;  ///< gets the entries of each row, row after row
  // Below: of sum_k weight_k sum_e seed_e entry_e over the set, k its k-th row.
  const T* seeds = nullptr;
  const T* weights = nullptr;  ///< null: `factor` for each row
  T factor = 1;
  RowTheta<T> gradient = {};       ///< gets the gradient, numbers of [x | shared]
  RowTheta<const T> tangent = {};  ///< a direction in theta
  RowTheta<T> along = {};          ///< gets the derivative of the gradient along the tangent
  double* squares = nullptr;       ///< gets ||gradient||^2 of each row without its weight; of plans that are `separate`
};

/// Rows are cut into blocks, and those into lanes of blocks, by their number alone; lanes are added in the order of a
/// tree. So results are the same for any number of threads.
template <class T>
class RowLanes {
 public:
  explicit RowLanes(BoundRows rows);

  const BoundRows& bound() const { return rows_; }
  int entries() const { return entries_; }
  void run(const RowRequest<T>& request, const Cpu& la);

 private:
  struct Lane {
    std::vector<double> sums;
    HostBuffer<T> gradient, along;  // [x | shared]; of the first lane none, as it works on the results themselves
  };

  int lanesOf(int blocks) const;
  void reserve(int lanes, const RowRequest<T>& request);
  void runLane(int lane, int lanes, const RowRequest<T>& request);
  void runBlock(RowPass<T>& pass, int begin, int count, const RowRequest<T>& request, double* sums,
                RowTheta<T> gradient, RowTheta<T> along) const;
  void seed(RowPass<T>& pass, int begin, int count, const RowRequest<T>& request) const;
  RowTheta<T> resultOf(HostBuffer<T>& numbers) const;
  void add(int lanes, HostBuffer<T> Lane::*numbers, RowTheta<T> result, const Cpu& la);
  std::unique_ptr<RowPass<T>> take();
  void giveBack(std::unique_ptr<RowPass<T>> pass);

  BoundRows rows_;
  int entries_ = 0;
  std::vector<int> widths_;  // entries of each output
  std::vector<Lane> lanes_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<RowPass<T>>> idle_;  // guarded by mutex_
};

}  // namespace nonconvex
