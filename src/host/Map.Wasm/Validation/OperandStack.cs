using System.Collections.Immutable;
using Map.Wasm.Binary;

namespace Map.Wasm.Validation;

/// <summary>A block that is open.</summary>
/// <param name="Opcode">What opened it.</param>
/// <param name="Start">The kinds of its parameters.</param>
/// <param name="End">The kinds of its results.</param>
/// <param name="Height">Operands below it.</param>
internal sealed record ControlFrame(Opcode Opcode, ImmutableArray<ValueKind> Start, ImmutableArray<ValueKind> End, int Height)
{
    /// <summary>Whether the rest of it cannot be reached, so that its operands are of any kind.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>What a branch to it takes along.</summary>
    public ImmutableArray<ValueKind> Label => Opcode == Opcode.Loop ? Start : End;
}

/// <summary>The operand and control stacks of the specification's validation algorithm.</summary>
internal sealed class OperandStack(ModuleLimits limits)
{
    private readonly List<ValueKind> _operands = [];
    private readonly List<ControlFrame> _frames = [];

    /// <summary>The instruction that is validated, for refusals.</summary>
    public int Offset { get; set; }

    public bool IsEmpty => _frames.Count == 0;

    public ControlFrame Top => _frames[^1];

    public void Clear()
    {
        _operands.Clear();
        _frames.Clear();
    }

    public void Push(ValueKind kind)
    {
        if (_operands.Count == limits.MaxOperands)
            throw ModuleException.TooMany(Offset, "operands at a time", limits.MaxOperands + 1, limits.MaxOperands);
        _operands.Add(kind);
    }

    public void Push(ImmutableArray<ValueKind> kinds)
    {
        foreach (var kind in kinds) Push(kind);
    }

    public ValueKind Pop()
    {
        if (_operands.Count == Top.Height)
        {
            return Top.IsUnreachable ? ValueKind.Unknown : throw Refuse("type mismatch: an operand is missing");
        }

        var kind = _operands[^1];
        _operands.RemoveAt(_operands.Count - 1);
        return kind;
    }

    public ValueKind Pop(ValueKind expected)
    {
        var actual = Pop();
        if (actual != expected && actual != ValueKind.Unknown && expected != ValueKind.Unknown)
            throw Refuse($"type mismatch: expected {expected.Name()}, found {actual.Name()}");
        return actual;
    }

    public void Pop(ImmutableArray<ValueKind> kinds)
    {
        for (var i = kinds.Length - 1; i >= 0; i--) Pop(kinds[i]);
    }

    /// <summary>Checks that the topmost operands are of these kinds, and leaves them as they are.</summary>
    public void Peek(ImmutableArray<ValueKind> kinds)
    {
        Span<ValueKind> popped = kinds.Length <= 16 ? stackalloc ValueKind[kinds.Length] : new ValueKind[kinds.Length];
        for (var i = kinds.Length - 1; i >= 0; i--) popped[i] = Pop(kinds[i]);
        foreach (var kind in popped) Push(kind);
    }

    public void Open(Opcode opcode, ImmutableArray<ValueKind> start, ImmutableArray<ValueKind> end)
    {
        if (_frames.Count > limits.MaxNesting)
            throw ModuleException.TooMany(Offset, "nested blocks", _frames.Count, limits.MaxNesting);
        _frames.Add(new ControlFrame(opcode, start, end, _operands.Count));
        Push(start);
    }

    public ControlFrame Close()
    {
        var frame = Top;
        Pop(frame.End);
        if (_operands.Count != frame.Height) throw Refuse("type mismatch: values remain on the stack at the end of a block");
        _frames.RemoveAt(_frames.Count - 1);
        return frame;
    }

    /// <summary>The frame that a branch goes to.</summary>
    public ControlFrame Label(uint depth) =>
        depth < (uint)_frames.Count ? _frames[^(int)(depth + 1)] : throw Refuse($"unknown label {depth}");

    public void MarkUnreachable()
    {
        _operands.RemoveRange(Top.Height, _operands.Count - Top.Height);
        Top.IsUnreachable = true;
    }

    public ModuleException Refuse(string reason) => ModuleException.Invalid(Offset, reason);
}
