// Objects that many threads share and the first of them makes.
#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace nonconvex {

/// The part of Once that does not depend on the type; apart, so that few files compile mutexes.
class OnceOfAny {
 public:
  OnceOfAny();
  ~OnceOfAny();
  OnceOfAny(const OnceOfAny&) = delete;
  OnceOfAny& operator=(const OnceOfAny&) = delete;

 protected:
  using Made = std::shared_ptr<const void>;
  Made get(const std::function<Made()>& make, const std::function<bool()>& giveUp);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A std::call_once whose waiting threads can give up.
template <class T>
class Once : private OnceOfAny {
 public:
  /// The result of `make`, which the first call makes. If `make` throws, the next call makes it. Null if another thread
  /// is making it and `giveUp` becomes true.
  template <class Make, class GiveUp>
  std::shared_ptr<const T> get(Make&& make, GiveUp&& giveUp) {
    return std::static_pointer_cast<const T>(
        OnceOfAny::get([&]() -> Made { return std::shared_ptr<const T>(make()); }, [&] { return giveUp(); }));
  }
};

}  // namespace nonconvex
