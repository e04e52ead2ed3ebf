// A test: TEST(name) { CHECK(condition); ... }. The files of a folder make one program, whose main is in main.cpp.
#pragma once

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace check {

struct Test {
  const char* file;
  const char* name;
  void (*run)();
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}
inline std::atomic<long> checks = 0;
inline std::atomic<long> failures = 0;

/// Returns true if this is `npm run test:long` or `npm run test:all`, where what is drawn at random may be drawn more
/// often. A test that asks is run there a second time.
inline bool longRun() {
  const char* const kind = std::getenv("NONCONVEX_TESTS");
  return kind != nullptr && (std::string_view(kind) == "long" || std::string_view(kind) == "all");
}

/// True if the library was compiled with sanitizers; defined in main.cpp, since tests may be compiled without and then
/// linked with such a library.
extern const bool sanitized;

/// How many cases to draw at random: `usual`, and an eighth of them in a build with sanitizers, which take most of the
/// time of a check that comes to the code's lines again and again.
template <class Integer>
Integer repetitions(Integer usual) {
  return sanitized ? (usual + 7) / 8 : usual;
}

inline void note(bool good, const char* file, int line, const char* what) {
  constexpr long mostPrinted = 50;
  ++checks;
  if (good) return;
  if (++failures <= mostPrinted) std::fprintf(stderr, "%s:%d: %s\n", file, line, what);
}
inline void note(bool good, const char* file, int line, const std::string& what) {
  note(good, file, line, what.c_str());
}

template <class T>
std::string text(const T& value) {
  std::ostringstream out;
  out.precision(17);
  out << value;
  return out.str();
}

template <class A, class B>
void equal(const A& a, const B& b, const char* what, const char* file, int line) {
  const bool good = a == b;
  note(good, file, line, good ? std::string() : std::string(what) + ": " + text(a) + " and " + text(b));
}

inline void near(double a, double b, double tolerance, const char* what, const char* file, int line) {
  const bool good = std::abs(a - b) <= tolerance;  // false for NaN
  note(good, file, line,
       good ? std::string()
            : std::string(what) + ": " + text(a) + " and " + text(b) + " differ by " + text(a - b) + ", allowed " +
                  text(tolerance));
}

/// The message of the nonconvex::Error that f throws; empty when it throws none.
template <class F>
std::string messageOf(F&& f) {
  try {
    f();
  } catch (const nonconvex::Error& error) {
    return error.what();
  }
  return {};
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

template <class T>
bool sameBits(const T* a, const T* b, std::size_t size) {
  return size == 0 || std::memcmp(a, b, size * sizeof(T)) == 0;
}

}  // namespace check

#define CHECK(condition) check::note(bool(condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ(a, b) check::equal(a, b, #a " == " #b, __FILE__, __LINE__)
/// |a - b| <= tolerance
#define CHECK_NEAR(a, b, tolerance) check::near(a, b, tolerance, #a " ~ " #b, __FILE__, __LINE__)
#define TEST(name)                                                                                 \
  static void name##Test();                                                                        \
  static const bool name##Known = (check::tests().push_back({__FILE__, #name, name##Test}), true); \
  static void name##Test()
