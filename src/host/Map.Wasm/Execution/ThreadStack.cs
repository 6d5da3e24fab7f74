using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Map.Wasm.Execution;

/// <summary>
/// Where the stack of a thread ends. The runtime cannot survive a stack overflow, so compiled code compares the address of a
/// local with a limit at the entry of every function that calls others.
/// </summary>
internal static unsafe partial class ThreadStack
{
    /// <summary>
    /// Bytes that stay free below the limit: room for the frame of one function, which exists before its check, and for host
    /// functions and the handling of exceptions. The largest frame that <see cref="ModuleLimits"/> allow is far below.
    /// </summary>
    public const int ReserveBytes = 768 << 10;

    // Of pthread_attr_t; it has 56 bytes on Linux.
    private const int AttributeBytes = 128;

    [ThreadStatic]
    private static nuint t_low;

    /// <summary>The lowest address for frames of the guest that is about to be called on this thread.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nuint LimitBelow(int maxBytes)
    {
        byte here;
        if (t_low == 0) t_low = FindLow();
        var limit = t_low + ReserveBytes;
        var wanted = (nuint)(&here) - (nuint)maxBytes;
        return wanted > limit && wanted < (nuint)(&here) ? wanted : limit;
    }

    private static nuint FindLow()
    {
        if (OperatingSystem.IsWindows())
        {
            GetCurrentThreadStackLimits(out var low, out _);
            return low;
        }

        var attributes = stackalloc byte[AttributeBytes];
        if (GetAttributes(GetSelf(), attributes) != 0 || GetStack(attributes, out var start, out _) != 0)
            throw new PlatformNotSupportedException("The stack of this thread cannot be found.");
        _ = DestroyAttributes(attributes);
        return start;
    }

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint GetSelf();

    [LibraryImport("libc", EntryPoint = "pthread_getattr_np")]
    private static partial int GetAttributes(nint thread, byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_getstack")]
    private static partial int GetStack(byte* attributes, out nuint start, out nuint size);

    [LibraryImport("libc", EntryPoint = "pthread_attr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("kernel32")]
    private static partial void GetCurrentThreadStackLimits(out nuint low, out nuint high);
}
