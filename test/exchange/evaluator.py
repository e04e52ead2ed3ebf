"""Runs files of ONNX by the reference evaluator of onnx: reads { file, inputs } a line, writes the outputs by name."""

import json
import sys

import numpy
import onnx
from onnx.reference import ReferenceEvaluator

for line in sys.stdin:
    ask = json.loads(line)
    model = onnx.load(ask["file"])
    onnx.checker.check_model(model, full_check=True)
    types = {each.name: each.type.tensor_type.elem_type for each in model.graph.input}
    inputs = {
        name: numpy.array(given["data"], dtype=onnx.helper.tensor_dtype_to_np_dtype(types[name])).reshape(given["dims"])
        for name, given in ask["inputs"].items()
    }
    names = [each.name for each in model.graph.output]
    outputs = ReferenceEvaluator(model).run(names, inputs)
    print(json.dumps({name: numpy.asarray(value).ravel().tolist() for name, value in zip(names, outputs)}), flush=True)
