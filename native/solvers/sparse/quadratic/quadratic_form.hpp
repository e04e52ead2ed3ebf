// The matrix of a quadratic that is minimised block by block.
#pragma once

namespace nonconvex {

/// A symmetric positive semidefinite matrix G, one row for each place.
class QuadraticForm {
 public:
  QuadraticForm() = default;
  QuadraticForm(const QuadraticForm&) = delete;
  QuadraticForm& operator=(const QuadraticForm&) = delete;
  virtual ~QuadraticForm() = default;

  virtual int size() const = 0;
  /// G_jj
  virtual double curvature(int place) const = 0;
  /// Computes what is missing of G, of which curvature() needs nothing.
  virtual void needGram() = 0;
  virtual bool hasGram() const = 0;
  /// Column j of G, both triangles, once needGram() has been called.
  virtual const double* gram(int place) const = 0;
};

}  // namespace nonconvex
