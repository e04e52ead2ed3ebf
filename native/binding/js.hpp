// Values between JavaScript and C++: numbers, arrays, matrices, errors. Only files in this folder include <napi.h>.
#pragma once

#include <napi.h>
#ifdef __EMSCRIPTEN__
#include <emnapi.h>
#endif

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "binding/copies.hpp"
#include "binding/tables.hpp"
#include "core/error.hpp"
#include "core/status.hpp"
#include "data/matrix_input.hpp"
#include "data/sparse_matrix.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// A value in an error message: 'text', 1.5, true, null, an array, an object.
std::string showValue(Napi::Value value);

/// The JavaScript error for a C++ exception. SolverError is a class of TypeScript: here it is an Error with a `code`.
Napi::Error toJs(Napi::Env env, std::exception_ptr error);

/// A JavaScript function of numbers that a solve calls from its worker, which waits for the answer: some 10
/// microseconds. Usable once the job it came with has started.
using Callback = std::function<double(std::initializer_list<double>)>;

/// A vector that a function of JavaScript reads or writes: an array there, whose numbers are copied when it is called,
/// as whoever has seen the array may have detached or shrunk it since.
struct SharedVector {
  std::string name;
  Napi::TypedArray array;
  std::span<double> memory;  ///< one of Inputs::memories

  /// Copies from `memory` into the array, or from the array into `memory`, on the JavaScript thread. Throws
  /// CALLBACK_FAILED where the array has lost its memory.
  void give() const;
  void take() const;
};

/// What a problem has of JavaScript: copies of its arrays, and its functions.
struct Inputs {
  /// Whether large dense matrices are read where they are, for calls that are over before any JavaScript runs. Nothing
  /// keeps the memory of an array alive: it can be detached, transferred to another thread or shrunk at any time.
  bool inPlace = false;
  SharedCopies* shared = nullptr;   ///< the copies of large arrays; null where no array is large
  bool unread = false;              ///< copies were left when the solve was aborted: nobody is to look at the data
  std::vector<Copy> copies = {};    ///< the arrays of the solve, which gives them back on its worker
  std::vector<Copy> memories = {};  ///< the vectors that functions read and write
  struct Function {
    Napi::Function function;
    std::shared_ptr<Callback> callback;  ///< empty until the job starts
    std::vector<SharedVector> reads = {}, writes = {};
  };
  std::vector<Function> functions = {};
};

struct ArrayCopy;

/// The bytes of a typed array as they are at this moment, or those of a copy that was made before, in its place.
struct ArrayBytes {
  napi_typedarray_type type;
  std::span<const std::byte> bytes;
  const ArrayCopy* copy = nullptr;
  std::size_t size() const;  ///< how many numbers
};

/// Reads an object's members. What it gives of arrays are copies, which `inputs` owns: what JavaScript does to an array
/// afterwards, on whatever thread, cannot reach them, so that they need to be checked once only.
class Reader {
 public:
  Reader(Napi::Object object, Inputs& inputs, std::string path = {})
      : object_(object), inputs_(&inputs), path_(std::move(path)) {}

  bool has(const char* name) const { return !object_.Get(name).IsUndefined(); }
  double number(const char* name) const;
  int integer(const char* name) const;
  bool boolean(const char* name) const;
  std::string text(const char* name) const;
  Reader object(const char* name) const;
  /// The function that is called with numbers, and with vectors: those in `reads` are given to JavaScript before, those
  /// in `writes` taken afterwards.
  Callback function(const char* name, std::vector<SharedVector> reads = {},
                    std::vector<SharedVector> writes = {}) const;
  /// A Float64Array of at least `length` numbers that a function reads or writes.
  SharedVector sharedVector(const char* name, std::size_t length) const;
  /// Lets the functions that have been read be called on the JavaScript thread, while this call of the addon lasts.
  /// What they throw comes through as it is.
  void callDirectly() const;
  /// The objects of an array; their members are called name[0].x, ...
  std::vector<Reader> list(const char* name) const;

  /// { data, rows, columns } with a Float64Array or Float32Array; a copy unless the inputs are read in place.
  MatrixInput asMatrix() const;
  MatrixInput matrix(const char* name) const { return object(name).asMatrix(); }
  /// { data, rows, columns } with a Float64Array and nothing else.
  MatrixInput matrix64(const char* name) const;
  /// A copy, column by column as the linear algebra has it.
  HostMatrix<double> matrixCopy(const char* name) const;
  std::span<const double> vector(const char* name) const {
    return array<double>(name, napi_float64_array, "a Float64Array");
  }
  std::span<const std::int32_t> integers(const char* name) const {
    return array<std::int32_t>(name, napi_int32_array, "an Int32Array");
  }
  /// { format, rows, columns, offsets, indices, values }
  SparseView asSparse() const;
  /// A sparse matrix where it has a format, else a dense one.
  AnyMatrix asAnyMatrix() const;
  /// A sparse matrix whose offsets and indices are not looked at.
  SparseView asUncheckedSparse() const;
  /// Says that the solve, which is aborted, is not to look at its data.
  void leaveUnread() const { inputs_->unread = true; }
  bool unread() const { return inputs_->unread; }
  /// A typed array as it is at this moment.
  ArrayBytes arrayNow(const char* name) const { return found(name, "a typed array"); }

  /// "problem.name" for messages.
  std::string pathOf(const char* name) const { return path_.empty() ? name : path_ + "." + name; }
  const std::string& path() const { return path_; }
  Napi::Object asObject() const { return object_; }

 private:
  Napi::Value get(const char* name, bool valid(const Napi::Value&), const char* expected) const;
  template <class T>
  std::span<const T> array(const char* name, napi_typedarray_type type, const char* expected) const {
    const std::span<const std::byte> bytes = copied(found(name, type, expected), name).bytes;
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  /// The array of a member, or the copy that is in its place.
  ArrayBytes found(const char* name, const char* expected) const;
  ArrayBytes found(const char* name, napi_typedarray_type type, const char* expected) const;
  /// The bytes of a copy, which the inputs own.
  ArrayBytes copied(ArrayBytes array, const char* name) const;
  bool wasChecked(const SparseView& matrix) const;
  [[noreturn]] void refuse(const char* name, Napi::Value value, const char* expected) const;

  Napi::Object object_;
  Inputs* inputs_;
  std::string path_;
};

/// Says that all of an array, by the pointer that Node-API gives, has been written. In WebAssembly the pointer is to a
/// copy.
inline void written([[maybe_unused]] Napi::TypedArray array) {
#ifdef __EMSCRIPTEN__
  napi_value value = array;
  if (array.ByteLength() > 0) emnapi_sync_memory(array.Env(), false, &value, 0, NAPI_AUTO_LENGTH);
#endif
}

/// Typed arrays, allocated by V8, as Electron demands.
Napi::Value typedArray(Napi::Env env, std::span<const double> values);
Napi::Value typedArray(Napi::Env env, std::span<const std::int32_t> values);

/// Builds an object.
class Writer {
 public:
  explicit Writer(Napi::Env env) : env_(env), object_(Napi::Object::New(env)) {}

  Napi::Env env() const { return env_; }
  Napi::Object object() const { return object_; }

  /// Writes a number unless it is NaN, which means not known.
  void known(const char* name, double value) {
    if (!std::isnan(value)) number(name, value);
  }
  void number(const char* name, double value) { object_.Set(name, Napi::Number::New(env_, value)); }
  void boolean(const char* name, bool value) { object_.Set(name, Napi::Boolean::New(env_, value)); }
  void text(const char* name, std::string_view value) { object_.Set(name, toText(value)); }
  void value(const char* name, Napi::Value value) { object_.Set(name, value); }

  Napi::String toText(std::string_view value) const { return Napi::String::New(env_, value.data(), value.size()); }
  /// An array of strings.
  Napi::Array texts(std::span<const std::string_view> values) const;

  /// { data, rows, columns }, row-major.
  void matrix(const char* name, Mat<const double> matrix);
  void vector(const char* name, std::span<const double> values) { value(name, typedArray(env_, values)); }
  void integers(const char* name, std::span<const std::int32_t> values) { value(name, typedArray(env_, values)); }
  /// An object, whose members write(out) writes.
  template <class Write>
  void members(const char* name, Write&& write) {
    Writer inner(env_);
    write(inner);
    value(name, inner.object());
  }

 private:
  Napi::Env env_;
  Napi::Object object_;
};

/// { format, rows, columns, offsets, indices, values }
Napi::Object sparseObject(Napi::Env env, const SparseView& matrix);

}  // namespace nonconvex
