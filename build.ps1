#!/usr/bin/env pwsh
# The one entry to this repository on Windows: the verbs of build.sh, step by step. `./build.ps1 help` lists them.
param([string] $Verb = 'help', [Parameter(ValueFromRemainingArguments)] [string[]] $Rest = @())

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location $PSScriptRoot

$Configuration = 'Release'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:npm_config_loglevel = 'error'
$env:npm_config_update_notifier = 'false'

function Show-Help {
    @'
Usage: ./build.ps1 VERB [OPTIONS]

  setup             install what is missing (npm packages, NuGet packages)
  build             build everything
  run [--once]      build, start a daemon on a new data directory, and show what it does, through the
                    TypeScript SDK; goes on until Ctrl+C, or ends after the tour with --once
  test [--long]     build and run all tests; --long adds the long ones. Ends with "N passed, N failed"
  bench [--quick]   measure, print tables of ratios, and write them to artifacts/bench
  check             lint the contract and the code, and check that generated pages are up to date
  package           make a self-contained archive in artifacts

Needs the .NET 10 SDK, Node.js 20 or newer, and RocksDB (librocksdb 7.8, 8.9 or 9.10) on the PATH.
'@
}

function Write-Step([string] $Text) { Write-Host "==> $Text" -ForegroundColor DarkGray }

function Stop-Build([string] $Text) {
    [Console]::Error.WriteLine("build.ps1: $Text")
    exit 1
}

function Assert-Tools {
    if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) { Stop-Build "the .NET SDK is missing. Install the .NET 10 SDK and put 'dotnet' on the PATH." }
    if ([int] (dotnet --version).Split('.')[0] -lt 10) { Stop-Build "the .NET 10 SDK is missing; 'dotnet --version' says '$(dotnet --version)'." }
    if (-not (Get-Command node -ErrorAction SilentlyContinue)) { Stop-Build "Node.js is missing. Install Node.js 20 or newer and put 'node' on the PATH." }
    if ([int] (node -p 'parseInt(process.versions.node)') -lt 20) { Stop-Build "Node.js 20 or newer is needed; this is $(node --version)." }
    if (-not (Get-Command npm -ErrorAction SilentlyContinue)) { Stop-Build 'npm is missing. It comes with Node.js.' }
}

function Install-NpmPackages {
    foreach ($folder in 'ui-ts', 'src/guest', 'tests/Map.Wasm.Tests/tools') {
        # The lockfile of the last installation tells whether another is needed.
        $installed = "$folder/node_modules/.installed-lock.json"
        if ((Test-Path $installed) -and (Get-FileHash $installed).Hash -eq (Get-FileHash "$folder/package-lock.json").Hash) { continue }
        Write-Step "Installing npm packages in $folder"
        npm --prefix $folder ci
        Copy-Item "$folder/package-lock.json" $installed
    }
}

function Invoke-Setup {
    Assert-Tools
    Install-NpmPackages
    Write-Step 'Restoring NuGet packages'
    dotnet restore map-daemon.sln --locked-mode --verbosity quiet
}

function Invoke-Build {
    Invoke-Setup
    Write-Step 'Building the native workspace'
    dotnet build map-daemon.sln --configuration $Configuration --no-restore --verbosity quiet --nologo
    Write-Step 'Building the guests'
    npm --prefix src/guest run --silent build
    Write-Step 'Building ui-ts'
    npm --prefix ui-ts run --silent build
}

function Get-DaemonPath { Join-Path $PSScriptRoot "src/host/Map.Daemon/bin/$Configuration/net10.0/map-daemon.exe" }

function New-Scratch { (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "map-$([guid]::NewGuid().ToString('N').Substring(0, 8))")).FullName }

function Invoke-Run {
    Invoke-Build
    $scratch = New-Scratch
    try {
        $env:MAP_TOUR_DATA_DIR = Join-Path $scratch 'data'
        $env:MAP_TOUR_DAEMON = ConvertTo-Json -Compress @((Get-DaemonPath), 'run', '--data', $env:MAP_TOUR_DATA_DIR, '--port', '0')
        $env:MAP_TOUR_SAMPLES = Join-Path $PSScriptRoot 'samples/library'
        $env:MAP_TOUR_DANCES = Join-Path $PSScriptRoot 'src/guest/dances/build'
        node ui-ts/sdk/examples/dist/tour.js @Rest
    }
    finally { Remove-Item -Recurse -Force $scratch }
}

function Invoke-Test {
    if ($Rest -contains '--long') { $env:MAP_TEST_LONG = '1' }
    Invoke-Build
    $results = New-Scratch
    $failed = $false
    $PSNativeCommandUseErrorActionPreference = $false
    try {
        foreach ($project in Get-ChildItem tests/*.Tests/*.csproj) {
            Write-Step $project.BaseName
            dotnet test $project --configuration $Configuration --no-build --nologo --verbosity quiet --results-directory $results --logger "trx;LogFileName=$($project.BaseName).trx" --logger 'console;verbosity=quiet'
            if ($LASTEXITCODE -ne 0) { $failed = $true }
        }

        $env:MAP_DAEMON_COMMAND = ConvertTo-Json -Compress @(Get-DaemonPath)
        foreach ($script in 'test', 'e2e') {
            Write-Step "ui-ts $script"
            npm --prefix ui-ts/sdk run --silent $script -- --reporter=default --reporter=json "--outputFile.json=$results/$script.json"
            if ($LASTEXITCODE -ne 0) { $failed = $true }
        }

        node tools/sum-tests.mjs $results
        if ($LASTEXITCODE -ne 0) { $failed = $true }
    }
    finally { Remove-Item -Recurse -Force $results }
    if ($failed) { exit 1 }
}

function Invoke-Bench {
    Invoke-Build
    dotnet run --project tests/bench --configuration $Configuration --no-build -- --output artifacts/bench @Rest
}

function Invoke-Check {
    Invoke-Build
    Write-Step 'Linting the contract'
    Push-Location proto
    try { ../ui-ts/node_modules/.bin/buf lint } finally { Pop-Location }
    Write-Step 'Linting ui-ts'
    npm --prefix ui-ts run --silent lint
    npm --prefix ui-ts run --silent typecheck
    Write-Step 'Checking the format of the native workspace'
    dotnet format map-daemon.sln whitespace --no-restore --verify-no-changes
    Write-Step 'Checking the import files'
    node samples/check.mjs
}

function Invoke-Package {
    Assert-Tools
    $name = 'map-daemon-win-x64'
    Write-Step "Publishing $name"
    dotnet publish src/host/Map.Daemon --configuration $Configuration --runtime win-x64 --self-contained -p:PublishReadyToRun=true -p:RestoreLockedMode=true --output "artifacts/$name" --verbosity quiet --nologo
    Copy-Item LICENSE, README.md "artifacts/$name"
    Compress-Archive -Force "artifacts/$name" "artifacts/$name.zip"
}

switch ($Verb) {
    'setup' { Invoke-Setup }
    'build' { Invoke-Build }
    'run' { Invoke-Run }
    'test' { Invoke-Test }
    'bench' { Invoke-Bench }
    'check' { Invoke-Check }
    'package' { Invoke-Package }
    { $_ -in 'help', '--help', '-h' } { Show-Help }
    default {
        Show-Help
        Stop-Build "there is no verb '$Verb'."
    }
}
