using System.Buffers.Binary;
using System.Text;
using Map.Core.Dancing;
using Map.Core.Values;
using Map.Guests.Abi;

namespace Map.Guests.Tests.Building;

/// <summary>An argument of a host call: a number, the result of an earlier step, or an address behind the steps.</summary>
internal readonly record struct Argument(ArgumentKind Kind, int Value)
{
    public static implicit operator Argument(int number) => new(ArgumentKind.Number, number);
}

internal enum ArgumentKind : byte
{
    Number = 0,
    Result = 1,
    Place = 2,
}

/// <summary>Host calls for <see cref="ScriptGuest"/> to make.</summary>
internal sealed class Script
{
    private readonly List<(byte Import, Argument[] Arguments)> _steps = [];
    private readonly List<byte> _places = [];

    /// <summary>What the entry point is called with.</summary>
    public static Argument Given => new(ArgumentKind.Result, ScriptGuest.Argument);

    /// <summary>Whether the guest answers what its steps gave; else it answers what its own steps say.</summary>
    public bool Tells { get; init; } = true;

    /// <summary>Calls an import.</summary>
    /// <returns>Its result, for further steps.</returns>
    public Argument Call(string import, params IEnumerable<Argument> arguments)
    {
        Argument[] all = [.. arguments];
        Assert.Equal(GuestInterface.Imports[ScriptGuest.IndexOf(import)].Parameters.Count, all.Length);
        _steps.Add((ScriptGuest.IndexOf(import), all));
        return new(ArgumentKind.Result, _steps.Count - 1);
    }

    /// <summary>Ends the guest with a result.</summary>
    public void Return(int result) => _steps.Add((ScriptGuest.Return, [result]));

    /// <summary>Text, as address and length.</summary>
    public Argument[] Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>A value, as address and length.</summary>
    public Argument[] Value(BaseValue value)
    {
        var bytes = new byte[ValueCodec.Size(value)];
        ValueCodec.Write(value, bytes);
        return Bytes(bytes);
    }

    /// <summary>Bytes, as address and length.</summary>
    public Argument[] Bytes(params byte[] bytes)
    {
        _places.AddRange(bytes);
        return [new(ArgumentKind.Place, _places.Count - bytes.Length), bytes.Length];
    }

    /// <summary>Room for an output, as address and size.</summary>
    public Argument[] Buffer(int size) => Bytes(new byte[size]);

    /// <summary>What the request must have.</summary>
    public BytesValue ToValue()
    {
        // Everything from the tag before the results on, with the step that is being added.
        if (Tells) Call("respond_value", ScriptGuest.Results - 1, Start + ScriptGuest.StepBytes + _places.Count - (ScriptGuest.Results - 1));
        var bytes = new byte[Start - ScriptGuest.Script + _places.Count];
        for (var i = 0; i < _steps.Count; i++) Write(_steps[i], bytes.AsSpan(i * ScriptGuest.StepBytes, ScriptGuest.StepBytes));
        bytes[_steps.Count * ScriptGuest.StepBytes] = ScriptGuest.End;
        _places.CopyTo(bytes, Start - ScriptGuest.Script);
        return new BytesValue([.. bytes]);
    }

    /// <summary>What the guest told of its steps.</summary>
    public ScriptResults Read(DanceResponse? response) =>
        new(((BytesValue)((DanceValue)response!).Value).Value, Start - ScriptGuest.Results);

    private int Start => ScriptGuest.Script + (_steps.Count * ScriptGuest.StepBytes) + 1;

    private void Write((byte Import, Argument[] Arguments) step, Span<byte> to)
    {
        to[0] = step.Import;
        for (var i = 0; i < step.Arguments.Length; i++)
        {
            var (kind, value) = step.Arguments[i];
            to[1 + (i * 5)] = kind == ArgumentKind.Result ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt32LittleEndian(to[(2 + (i * 5))..], kind == ArgumentKind.Place ? Start + value : value);
        }
    }
}

/// <summary>What the steps of a script gave.</summary>
/// <param name="memory">The guest's memory from the results on.</param>
/// <param name="places">Where the places begin in it.</param>
internal sealed class ScriptResults(IReadOnlyList<byte> memory, int places)
{
    private readonly byte[] _memory = [.. memory];

    /// <summary>The result of a step.</summary>
    public int this[Argument step] => BinaryPrimitives.ReadInt32LittleEndian(_memory.AsSpan(step.Value * sizeof(int)));

    /// <summary>The text that a step left in a buffer.</summary>
    public string Text(Argument step, Argument[] buffer) => Encoding.UTF8.GetString(Bytes(buffer)[..this[step]]);

    /// <summary>The value that a step left in a buffer.</summary>
    public BaseValue? Value(Argument step, Argument[] buffer) => ValueCodec.Read(Bytes(buffer)[..this[step]]);

    /// <summary>The bytes of a buffer.</summary>
    public Span<byte> Bytes(Argument[] buffer) => _memory.AsSpan(places + buffer[0].Value, buffer[1].Value);
}
