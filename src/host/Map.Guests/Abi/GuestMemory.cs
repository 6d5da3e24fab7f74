using System.Text;
using System.Text.Unicode;
using Map.Core.Errors;
using Map.Core.Values;
using Map.Wasm;

namespace Map.Guests.Abi;

/// <summary>What passes through the memory of a guest. Every byte is charged before it is looked at.</summary>
internal static class GuestMemory
{
    /// <summary>The longest value and the longest name, in bytes.</summary>
    public const int MaxInputBytes = 2 << 20;

    /// <summary>The longest message, in bytes of UTF-8.</summary>
    public const int MaxMessageBytes = 4_096;

    /// <summary>The longest code of an error, in bytes of UTF-8.</summary>
    public const int MaxCodeBytes = 200;

    /// <summary>Bytes of the memory. An import asks for them first, so that an address outside traps whatever its result would be.</summary>
    /// <exception cref="TrapException">It does not lie inside of the memory.</exception>
    public static Span<byte> Buffer(this GuestCall call, int address, int size) => call.Memory.GetSpan(address, size);

    /// <summary>Text that the guest passes.</summary>
    /// <exception cref="TrapException">It does not lie inside of the memory.</exception>
    /// <exception cref="AbiException">It is not UTF-8, or too long.</exception>
    public static string Text(this GuestCall call, int address, int length, int maxBytes)
    {
        var bytes = Input(call, address, length, maxBytes);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new AbiException(AbiResult.BadArgument);
    }

    /// <summary>The canonical form of a name that the guest passes.</summary>
    /// <exception cref="HolonException">It is no name.</exception>
    public static string Name(this GuestCall call, int address, int length)
    {
        var raw = call.Text(address, length, MaxInputBytes);
        return Names.Canonicalise(raw) ?? throw new HolonException(
            HolonErrorCode.InvalidName, $"A name has 1 to {Names.MaxLength} characters, letters or digits among them, and no U+0000.");
    }

    /// <summary>A value that the guest passes.</summary>
    /// <exception cref="TrapException">It does not lie inside of the memory.</exception>
    /// <exception cref="AbiException">It is none, or too long.</exception>
    public static BaseValue Value(this GuestCall call, int address, int length) =>
        ValueCodec.Read(Input(call, address, length, MaxInputBytes)) ?? throw new AbiException(AbiResult.BadArgument);

    /// <summary>Hands text out, if it fits.</summary>
    /// <returns>Its length in bytes.</returns>
    public static int Write(this GuestCall call, Span<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        call.Charge(length);
        if (length <= buffer.Length) Encoding.UTF8.GetBytes(text, buffer);
        return length;
    }

    /// <summary>Hands a value out, if it fits.</summary>
    /// <returns>Its length in bytes.</returns>
    public static int Write(this GuestCall call, Span<byte> buffer, BaseValue value)
    {
        var length = ValueCodec.Size(value);
        call.Charge(length);
        if (length <= buffer.Length) ValueCodec.Write(value, buffer[..length]);
        return length;
    }

    private static Span<byte> Input(GuestCall call, int address, int length, int maxBytes)
    {
        var bytes = call.Memory.GetSpan(address, length);
        if (length > maxBytes) throw new AbiException(AbiResult.Limit);
        call.Charge(length);
        return bytes;
    }
}
