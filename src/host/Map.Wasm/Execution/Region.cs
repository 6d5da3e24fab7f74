using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Map.Wasm.Execution;

/// <summary>
/// A range of addresses for one memory. It is reserved whole and backed by real memory only where it is touched, so a memory
/// never moves when it grows.
/// </summary>
internal sealed unsafe partial class Region : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int ProtectReadWrite = 3;
    private const int MapPrivateAnonymousNoReserve = 0x4022;
    private const int AdviseDontNeed = 4;
    private const uint WindowsReserve = 0x2000;
    private const uint WindowsCommit = 0x1000;
    private const uint WindowsDecommit = 0x4000;
    private const uint WindowsRelease = 0x8000;
    private const uint WindowsReadWrite = 4;

    // Clearing keeps small memories resident; the pages of large ones go back to the system.
    private const long ClearAtMost = 256 << 10;

    /// <summary>Reserves addresses.</summary>
    /// <exception cref="LinkException">There are not that many.</exception>
    public Region(long size)
        : base(ownsHandle: true)
    {
        Size = size;
        SetHandle(OperatingSystem.IsWindows()
            ? VirtualAlloc(0, (nuint)size, WindowsReserve, WindowsReadWrite)
            : Map(0, (nuint)size, ProtectReadWrite, MapPrivateAnonymousNoReserve, -1, 0));
        if (IsInvalid) throw new LinkException($"{size} bytes of addresses for a guest's memory are not to be had.");
    }

    public nint Start => handle;

    public long Size { get; }

    /// <summary>Makes sure that the first bytes can be used.</summary>
    public bool TryCommit(long length) =>
        !OperatingSystem.IsWindows() || length == 0 || VirtualAlloc(Start, (nuint)length, WindowsCommit, WindowsReadWrite) != 0;

    /// <summary>Makes the bytes zero again, of which the first ones were used.</summary>
    public void Reset(long used)
    {
        if (used == 0) return;
        if (OperatingSystem.IsWindows()) _ = VirtualFree(Start, (nuint)used, WindowsDecommit);
        else if (used <= ClearAtMost) NativeMemory.Clear((void*)Start, (nuint)used);
        else if (Advise(Start, (nuint)used, AdviseDontNeed) != 0) NativeMemory.Clear((void*)Start, (nuint)used);
    }

    protected override bool ReleaseHandle() =>
        OperatingSystem.IsWindows() ? VirtualFree(handle, 0, WindowsRelease) != 0 : Unmap(handle, (nuint)Size) == 0;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(nint address, nuint size, uint type);
}
