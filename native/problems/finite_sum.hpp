// Sums over rows of data, as methods see them that draw some rows at a time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "problems/abilities.hpp"

namespace nonconvex {

/// Some of the rows 0..N - 1: those of a list, which may repeat, or `count` from `first` on. Refers to the list.
struct RowSet {
  const int* indices = nullptr;
  int first = 0;
  int count = 0;

  static RowSet range(int first, int count) { return {nullptr, first, count}; }
  static RowSet list(std::span<const int> rows) { return {rows.data(), 0, static_cast<int>(rows.size())}; }
  int operator[](int k) const { return indices != nullptr ? indices[k] : first + k; }
  RowSet part(int begin, int length) const {
    return {indices != nullptr ? indices + begin : nullptr, first + begin, length};
  }
};

/// A variable of the problem: x[offset], ..., a matrix by rows; of a vector columns is 1.
struct SumBlock {
  std::string name;
  int offset = 0;
  int rows = 0;
  int columns = 1;

  int size() const { return rows * columns; }
};

/// Knowledge of a sum that holds at all points.
struct SumFacts {
  bool convex = false;           ///< every f_i and r are
  bool smooth = true;            ///< all have derivatives everywhere
  bool nonNegative = false;      ///< every f_i is
  double strongConvexity = 0;    ///< a number mu >= 0: r(x) - mu / 2 ||x||^2 is convex
  bool gradients = true;         ///< whether `gradient` may be asked for
  bool hessianProducts = false;  ///< whether `hessianProduct` may be asked for
  bool rowsApart = false;        ///< whether weights, `lossOfRows` and `normOfRows` may be asked for
};

/// f(x) = 1/N sum_i f_i(x) + r(x), n numbers x. Rows, parameters and derivatives are of type T as x is; losses are
/// added in double. One thread at a time; work is shared out over the threads lent by `runOn`, and results do not
/// depend on how many there are.
template <class T>
class FiniteSum : public Capable {
 public:
  virtual int rows() const = 0;       ///< N
  virtual int variables() const = 0;  ///< n
  /// The variables in the order of x, without gaps.
  virtual std::vector<SumBlock> blocks() const = 0;
  virtual SumFacts facts() const { return {.hessianProducts = true, .rowsApart = true}; }
  /// s_j: the root of the mean over all rows of the square of what x_j is multiplied by, where that is a number of the
  /// data; 1 elsewhere, and 0 or 1 where a column is 0.
  virtual void typicalFactors(std::span<double> s) const = 0;
  /// m_j: the mean over all rows of what x_j is multiplied by, where there is a variable beside all others that every
  /// row multiplies by 1. Returns its number, whose m is 0; -1 if there is no such variable: m is left as it is.
  virtual int typicalCentres(std::span<double>) const { return -1; }

  // Of the rows alone, for a set that is not empty.

  /// Mean over the set of f_i(x).
  virtual double value(RowSet rows, const T* x) = 0;
  /// Mean over the set of f_i(x); g := sum_k w_k grad f_i(x), i its k-th row; without weights the mean of the
  /// gradients.
  virtual double gradient(RowSet rows, const T* weights, const T* x, T* g) = 0;
  /// out := mean over the set of Hess f_i(x) v
  virtual void hessianProduct(RowSet rows, const T* x, const T* v, T* out) = 0;
  /// losses[k] := f_i(x), i the k-th row of the set.
  virtual void lossOfRows(RowSet rows, const T* x, double* losses) = 0;
  /// norms[k] := ||grad f_i(x)||, i the k-th row of the set.
  virtual void normOfRows(RowSet rows, const T* x, double* norms) = 0;

  // r, the part that does not come from rows: for example a ridge.

  virtual bool hasRest() const { return false; }
  /// r(x); adds its gradient to g, unless that is null.
  virtual double addRest(const T*, T*) { return 0; }
  /// out += Hess r(x) v
  virtual void addRestProduct(const T*, const T*, T*) {}

  /// Lends threads, until told otherwise.
  virtual void runOn(const Cpu&) {}
};

/// Makes a sum in either precision on the thread that solves, with the threads that its Cpu lends. Making it may throw
/// Interrupted, or what is wrong with the data.
class FiniteSumSource {
 public:
  virtual ~FiniteSumSource() = default;
  virtual int rows() const = 0;
  virtual int variables() const = 0;
  /// Returns true if there is a sum in single precision.
  virtual bool hasSingle() const { return true; }
  virtual std::unique_ptr<FiniteSum<double>> inDouble(const Cpu& la) const = 0;
  virtual std::unique_ptr<FiniteSum<float>> inSingle(const Cpu& la) const = 0;

  template <class T>
  std::unique_ptr<FiniteSum<T>> open(const Cpu& la) const {
    if constexpr (sizeof(T) == sizeof(float)) {
      return inSingle(la);
    } else {
      return inDouble(la);
    }
  }
};

}  // namespace nonconvex
