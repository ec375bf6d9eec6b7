// Written by scripts/kernel-types.mjs from the signatures in assembly/: change those, and run it.
import type { Address, Count, F64, I32, Size, Source } from './border.js';

/** The kernels that the module exports; names end in the ring's width where the kernel depends on it. */
export interface Kernels {
  readonly chacha: (
    out: Address,
    bytes: Size,
    key: Source,
    n0: I32,
    n1: I32,
    n2: I32,
    counter: I32,
    rounds: I32,
    mode: I32,
  ) => void;
  readonly andDeal: (out: Address, masks: Source, m: I32, blocks: Count) => void;
  readonly combineDeal: (
    out: Address,
    masksLt: Source,
    masksEq: Source,
    D: I32,
    withEq: I32,
    blocks: Count,
  ) => void;
  readonly andParty: (
    out: Address,
    open: Source,
    mask: Source,
    products: Source,
    m: I32,
    blocks: Count,
    first: I32,
    scratch: Address,
  ) => void;
  readonly combine: (
    lt: Address,
    eq: Address,
    openLt: Source,
    openEq: Source,
    maskLt: Source,
    maskEq: Source,
    products: Source,
    D: I32,
    withEq: I32,
    blocks: Count,
    first: I32,
    scratch: Address,
  ) => void;
  readonly leaf: (
    lt: Address,
    eq: Address,
    delta: Source,
    products: Source,
    m: I32,
    blocks: Count,
    first: I32,
  ) => void;
  readonly subsets: (out: Address, bits: Source, m: I32, blocks: Count) => void;
  readonly leaves: (
    out: Address,
    delta: Source,
    products: Source,
    digits: Source,
    count: Count,
    numbers: Count,
    blocks: Count,
    region: Size,
    first: I32,
  ) => void;
  readonly encode32: (out: Address, input: Source, n: Count, fractionBits: I32) => number;
  readonly encode64: (out: Address, input: Source, n: Count, fractionBits: I32) => number;
  readonly decode32: (out: Address, input: Source, n: Count, fractionBits: I32) => void;
  readonly decode64: (out: Address, input: Source, n: Count, fractionBits: I32) => void;
  readonly packHigh32: (out: Address, words: Source, n: Count, width: I32) => void;
  readonly packHigh64: (out: Address, words: Source, n: Count, width: I32) => void;
  readonly addHigh32: (words: Address, packed: Source, n: Count, width: I32, keep: I32) => void;
  readonly addHigh64: (words: Address, packed: Source, n: Count, width: I32, keep: I32) => void;
  readonly dropLow32: (words: Address, n: Count, s: I32, halves: I32) => void;
  readonly dropLow64: (words: Address, n: Count, s: I32, halves: I32) => void;
  readonly matmul32: (
    out: Address,
    ldo: I32,
    a: Source,
    rsa: I32,
    csa: I32,
    b: Source,
    rsb: I32,
    csb: I32,
    m: Count,
    k: Count,
    n: Count,
    mode: I32,
    scratch: Address,
  ) => void;
  readonly matmul64: (
    out: Address,
    ldo: I32,
    a: Source,
    rsa: I32,
    csa: I32,
    b: Source,
    rsb: I32,
    csb: I32,
    m: Count,
    k: Count,
    n: Count,
    mode: I32,
    scratch: Address,
  ) => void;
  readonly pack32: (out: Address, words: Source, n: Count, width: I32) => void;
  readonly pack64: (out: Address, words: Source, n: Count, width: I32) => void;
  readonly unpack32: (out: Address, bytes: Source, n: Count, width: I32) => void;
  readonly unpack64: (out: Address, bytes: Source, n: Count, width: I32) => void;
  readonly patches32: (
    out: Address,
    image: Source,
    height: I32,
    width: I32,
    channels: I32,
    kh: I32,
    kw: I32,
    sh: I32,
    sw: I32,
    top: I32,
    left: I32,
    oh: I32,
    ow: I32,
  ) => void;
  readonly patches64: (
    out: Address,
    image: Source,
    height: I32,
    width: I32,
    channels: I32,
    kh: I32,
    kw: I32,
    sh: I32,
    sw: I32,
    top: I32,
    left: I32,
    oh: I32,
    ow: I32,
  ) => void;
  readonly unpatches32: (
    image: Address,
    a: Source,
    height: I32,
    width: I32,
    channels: I32,
    kh: I32,
    kw: I32,
    sh: I32,
    sw: I32,
    top: I32,
    left: I32,
    oh: I32,
    ow: I32,
  ) => void;
  readonly unpatches64: (
    image: Address,
    a: Source,
    height: I32,
    width: I32,
    channels: I32,
    kh: I32,
    kw: I32,
    sh: I32,
    sw: I32,
    top: I32,
    left: I32,
    oh: I32,
    ow: I32,
  ) => void;
  readonly addRowsAt32: (out: Address, a: Source, indices: Source, count: Count, cols: Count) => void;
  readonly addRowsAt64: (out: Address, a: Source, indices: Source, count: Count, cols: Count) => void;
  readonly xor: (out: Address, a: Source, b: Source, bytes: Count) => void;
  readonly and: (out: Address, a: Source, b: Source, bytes: Count) => void;
  readonly not: (out: Address, a: Source, bytes: Count) => void;
  readonly clearTail: (plane: Address, n: Count, count: Count, blocks: Count) => void;
  readonly toPlanes32: (
    out: Address,
    input: Source,
    n: Count,
    low: I32,
    count: Count,
    scratch: Address,
  ) => void;
  readonly toPlanes64: (
    out: Address,
    input: Source,
    n: Count,
    low: I32,
    count: Count,
    scratch: Address,
  ) => void;
  readonly fromPlane32: (out: Address, plane: Source, n: Count) => void;
  readonly fromPlane64: (out: Address, plane: Source, n: Count) => void;
  readonly fromPlanes32: (out: Address, planes: Source, rows: Count, n: Count) => void;
  readonly fromPlanes64: (out: Address, planes: Source, rows: Count, n: Count) => void;
  readonly unmask32: (out: Address, planes: Source, r: Source, rows: Count, n: Count, first: I32) => void;
  readonly unmask64: (out: Address, planes: Source, r: Source, rows: Count, n: Count, first: I32) => void;
  readonly differencePlanes32: (
    out: Address,
    input: Source,
    less: Source,
    numbers: Count,
    n: Count,
    low: I32,
    count: Count,
    difference: Address,
    scratch: Address,
  ) => void;
  readonly differencePlanes64: (
    out: Address,
    input: Source,
    less: Source,
    numbers: Count,
    n: Count,
    low: I32,
    count: Count,
    difference: Address,
    scratch: Address,
  ) => void;
  readonly hornerMulAdd32: (
    out: Address,
    x: Source,
    coefficients: Source,
    degree: I32,
    factor: Source,
    n: Count,
  ) => void;
  readonly hornerMulAdd64: (
    out: Address,
    x: Source,
    coefficients: Source,
    degree: I32,
    factor: Source,
    n: Count,
  ) => void;
  readonly harmonics32: (
    out: Address,
    input: Source,
    n: Count,
    count: Count,
    periodBits: I32,
    scale: F64,
  ) => void;
  readonly harmonics64: (
    out: Address,
    input: Source,
    n: Count,
    count: Count,
    periodBits: I32,
    scale: F64,
  ) => void;
  readonly harmonicSum32: (
    out: Address,
    slope: Address,
    input: Source,
    dealt: Source,
    n: Count,
    count: Count,
    periodBits: I32,
    factors: Source,
  ) => void;
  readonly harmonicSum64: (
    out: Address,
    slope: Address,
    input: Source,
    dealt: Source,
    n: Count,
    count: Count,
    periodBits: I32,
    factors: Source,
  ) => void;
  readonly sinCos32: (
    outSin: Address,
    outCos: Address,
    input: Source,
    n: Count,
    harmonic: I32,
    periodBits: I32,
    scale: F64,
  ) => void;
  readonly sinCos64: (
    outSin: Address,
    outCos: Address,
    input: Source,
    n: Count,
    harmonic: I32,
    periodBits: I32,
    scale: F64,
  ) => void;
  readonly sinAdd32: (
    out: Address,
    input: Source,
    sinShare: Source,
    cosShare: Source,
    n: Count,
    harmonic: I32,
    periodBits: I32,
    scale: F64,
  ) => void;
  readonly sinAdd64: (
    out: Address,
    input: Source,
    sinShare: Source,
    cosShare: Source,
    n: Count,
    harmonic: I32,
    periodBits: I32,
    scale: F64,
  ) => void;
  readonly cosAdd32: (
    out: Address,
    input: Source,
    sinShare: Source,
    cosShare: Source,
    n: Count,
    harmonic: I32,
    periodBits: I32,
    scale: F64,
  ) => void;
  readonly cosAdd64: (
    out: Address,
    input: Source,
    sinShare: Source,
    cosShare: Source,
    n: Count,
    harmonic: I32,
    periodBits: I32,
    scale: F64,
  ) => void;
  readonly select32: (
    out: Address,
    bit: Source,
    c: Source,
    rb: Source,
    sigma: Source,
    mu: Source,
    rbmu: Source,
    n: Count,
    s: I32,
    first: I32,
  ) => void;
  readonly select64: (
    out: Address,
    bit: Source,
    c: Source,
    rb: Source,
    sigma: Source,
    mu: Source,
    rbmu: Source,
    n: Count,
    s: I32,
    first: I32,
  ) => void;
  readonly selectDeal32: (
    sigma: Address,
    term: Address,
    rbmu: Address,
    mu: Address,
    r: Source,
    rb: Source,
    n: Count,
    s: I32,
  ) => void;
  readonly selectDeal64: (
    sigma: Address,
    term: Address,
    rbmu: Address,
    mu: Address,
    r: Source,
    rb: Source,
    n: Count,
    s: I32,
  ) => void;
  readonly selectWords32: (
    out: Address,
    bit: Source,
    delta: Source,
    x: Source,
    rb: Source,
    rbd: Source,
    n: Count,
  ) => void;
  readonly selectWords64: (
    out: Address,
    bit: Source,
    delta: Source,
    x: Source,
    rb: Source,
    rbd: Source,
    n: Count,
  ) => void;
  readonly unmaskBit32: (out: Address, bit: Source, x: Source, rx: Source, n: Count) => void;
  readonly unmaskBit64: (out: Address, bit: Source, x: Source, rx: Source, n: Count) => void;
  readonly truncate32: (
    out: Address,
    base: Source,
    c: Source,
    mu: Source,
    n: Count,
    s: I32,
    first: I32,
  ) => void;
  readonly truncate64: (
    out: Address,
    base: Source,
    c: Source,
    mu: Source,
    n: Count,
    s: I32,
    first: I32,
  ) => void;
  readonly lift32: (c: Address, v: Source, mu: Source, n: Count, s: I32, first: I32) => void;
  readonly lift64: (c: Address, v: Source, mu: Source, n: Count, s: I32, first: I32) => void;
  readonly shr32: (out: Address, input: Source, n: Count, s: I32) => void;
  readonly shr64: (out: Address, input: Source, n: Count, s: I32) => void;
  readonly gatherRows32: (out: Address, a: Source, indices: Source, count: Count, cols: Count) => void;
  readonly gatherRows64: (out: Address, a: Source, indices: Source, count: Count, cols: Count) => void;
  readonly transpose32: (out: Address, a: Source, rows: Count, cols: Count) => void;
  readonly transpose64: (out: Address, a: Source, rows: Count, cols: Count) => void;
  readonly addRow32: (out: Address, a: Source, row: Source, rows: Count, cols: Count) => void;
  readonly addRow64: (out: Address, a: Source, row: Source, rows: Count, cols: Count) => void;
  readonly mulRow32: (out: Address, a: Source, row: Source, rows: Count, cols: Count) => void;
  readonly mulRow64: (out: Address, a: Source, row: Source, rows: Count, cols: Count) => void;
  readonly addColumn32: (out: Address, a: Source, column: Source, rows: Count, cols: Count) => void;
  readonly addColumn64: (out: Address, a: Source, column: Source, rows: Count, cols: Count) => void;
  readonly mulColumn32: (out: Address, a: Source, column: Source, rows: Count, cols: Count) => void;
  readonly mulColumn64: (out: Address, a: Source, column: Source, rows: Count, cols: Count) => void;
  readonly sumRows32: (out: Address, a: Source, rows: Count, cols: Count, acc: I32) => void;
  readonly sumRows64: (out: Address, a: Source, rows: Count, cols: Count, acc: I32) => void;
  readonly sumColumns32: (out: Address, a: Source, rows: Count, cols: Count, acc: I32) => void;
  readonly sumColumns64: (out: Address, a: Source, rows: Count, cols: Count, acc: I32) => void;
  readonly add32: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly add64: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly sub32: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly sub64: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly mul32: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly mul64: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly mulAdd32: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly mulAdd64: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly mulSub32: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly mulSub64: (out: Address, a: Source, b: Source, n: Count) => void;
  readonly neg32: (out: Address, a: Source, n: Count) => void;
  readonly neg64: (out: Address, a: Source, n: Count) => void;
  readonly shl32: (out: Address, a: Source, s: I32, n: Count) => void;
  readonly shl64: (out: Address, a: Source, s: I32, n: Count) => void;
  readonly scale32: (out: Address, a: Source, c: F64, n: Count) => void;
  readonly scale64: (out: Address, a: Source, c: F64, n: Count) => void;
  readonly addConst32: (out: Address, a: Source, c: F64, n: Count) => void;
  readonly addConst64: (out: Address, a: Source, c: F64, n: Count) => void;
  readonly fill32: (out: Address, c: F64, n: Count) => void;
  readonly fill64: (out: Address, c: F64, n: Count) => void;
  readonly copy32: (out: Address, a: Source, n: Count) => void;
  readonly copy64: (out: Address, a: Source, n: Count) => void;
}
