/* Modules, functions and launches. */
#include <dlfcn.h>
#include <elf.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "driver.h"

Handles<Module> modules;
Handles<Function> functions;

namespace {

constexpr uint16_t MACHINE_OF_CUBINS = 190;

#if defined(__x86_64__)
constexpr uint16_t THIS_MACHINE = EM_X86_64;
#else
constexpr uint16_t THIS_MACHINE = EM_AARCH64;
#endif

const Elf64_Shdr *sections(const unsigned char *image) {
    return (const Elf64_Shdr *) (image + ((const Elf64_Ehdr *) image)->e_shoff);
}

/* The length of a shared object, from its table of sections: callers give an address alone. */
size_t length(const unsigned char *image) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *) image;
    size_t end = header->e_shoff + (size_t) header->e_shnum * sizeof(Elf64_Shdr);
    for (int i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr &section = sections(image)[i];
        if (section.sh_type != SHT_NOBITS) {
            end = std::max<size_t>(end, section.sh_offset + section.sh_size);
        }
    }
    return end;
}

void require_image(const unsigned char *image) {
    require(image != nullptr);
    if (memcmp(image, "//", 2) == 0 || memcmp(image, ".version", 8) == 0) {
        refuse(CUDA_ERROR_INVALID_PTX, "got PTX; expected a module of simcc");
    }
    if (memcmp(image, ELFMAG, SELFMAG) != 0) {
        refuse(CUDA_ERROR_INVALID_IMAGE, "got no module of simcc");
    }
    const Elf64_Ehdr *header = (const Elf64_Ehdr *) image;
    if (header->e_machine == MACHINE_OF_CUBINS) {
        refuse(CUDA_ERROR_NO_BINARY_FOR_GPU, "got a cubin for a GPU; expected a module of simcc");
    }
    if (image[EI_CLASS] != ELFCLASS64 || header->e_machine != THIS_MACHINE || header->e_type != ET_DYN
        || header->e_shentsize != sizeof(Elf64_Shdr)) {
        refuse(CUDA_ERROR_INVALID_IMAGE, "got an object file of another kind; expected a module of simcc");
    }
}

/* Static shared memory of each kernel: its arrays are named _ZZ, the kernel's name with its length, E and their own. */
std::map<std::string, size_t> shared_bytes(const unsigned char *image) {
    std::map<std::string, size_t> bytes;
    const Elf64_Ehdr *header = (const Elf64_Ehdr *) image;
    const char *names = (const char *) image + sections(image)[header->e_shstrndx].sh_offset;
    for (int s = 0; s < header->e_shnum; s++) {
        const Elf64_Shdr &table = sections(image)[s];
        if (table.sh_type != SHT_SYMTAB) {
            continue;
        }
        const char *strings = (const char *) image + sections(image)[table.sh_link].sh_offset;
        const Elf64_Sym *symbols = (const Elf64_Sym *) (image + table.sh_offset);
        for (size_t i = 0; i < table.sh_size / sizeof(Elf64_Sym); i++) {
            const char *name = strings + symbols[i].st_name;
            unsigned section = symbols[i].st_shndx;
            if (section >= header->e_shnum || strcmp(names + sections(image)[section].sh_name, "sim_shared") != 0
                || strncmp(name, "_ZZ", 3) != 0) {
                continue;
            }
            char *kernel;
            size_t count = strtoul(name + 3, &kernel, 10);
            if (count > 0 && count <= strlen(kernel)) {
                bytes[std::string(kernel, count)] += symbols[i].st_size;
            }
        }
    }
    return bytes;
}

/* Opens the image by way of a file that has no name afterwards, and stays open for its lines to be looked up. */
void open_library(Module &module, const unsigned char *image) {
    const char *folder = getenv("TMPDIR");
    std::string path = std::string(folder == nullptr ? "/tmp" : folder) + "/fewstep-sim-XXXXXX";
    int file = mkstemp(path.data());
    if (file < 0) {
        refuse(CUDA_ERROR_OPERATING_SYSTEM, "no file for a module in " + path);
    }
    size_t bytes = length(image);
    bool written = true;
    for (size_t at = 0; at < bytes && written;) {
        ssize_t part = write(file, image + at, bytes - at);
        written = part > 0;
        at += written ? (size_t) part : 0;
    }
    module.file = file;
    module.library = written ? dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
    std::string reason = written && module.library == nullptr ? dlerror() : "not written";
    unlink(path.c_str());
    if (module.library == nullptr) {
        refuse(written ? CUDA_ERROR_INVALID_IMAGE : CUDA_ERROR_OPERATING_SYSTEM, "module: " + reason);
    }
}

/* Machine code runs on its own major capability from its minor on; sm_90a on 9.0 alone. */
bool runs_here(const SimModule &module) {
    int here = properties().capability;
    return module.specific ? module.architecture == here
                           : module.architecture / 10 == here / 10 && module.architecture % 10 <= here % 10;
}

CUmodule load(Context &context, const void *bytes) {
    const unsigned char *image = (const unsigned char *) bytes;
    forbid_in_capture();
    require_image(image);
    auto module = std::make_shared<Module>();
    module->context = &context;
    open_library(*module, image);
    auto describe = (const SimModule *(*) ()) dlsym(module->library, "sim_module");
    if (describe == nullptr) {
        refuse(CUDA_ERROR_INVALID_IMAGE, "got a shared object that is not of simcc");
    }
    module->description = describe();
    if (module->description->sources != SIM_SOURCES) {
        refuse(CUDA_ERROR_INVALID_IMAGE, "got a module of another version of simcc");
    }
    if (module->description->checked != properties().checked) {
        refuse(CUDA_ERROR_INVALID_IMAGE, "got a module made with another FEWSTEP_SIM_CHECK");
    }
    if (!runs_here(*module->description)) {
        refuse(CUDA_ERROR_NO_BINARY_FOR_GPU, "got a module for sm_" + std::to_string(module->description->architecture)
                                                     + "; expected one for " + std::to_string(properties().capability));
    }
    *module->description->runtime = runtime(device_memory(), properties().races);
    module->shared_bytes = shared_bytes(image);
    return modules.add(module);
}

struct Launch {
    std::shared_ptr<Module> module;
    Grid grid;
    std::vector<unsigned char> values;
    Context *context;

    void operator()() {
        if (!module->loaded) {
            throw Fault{CUDA_ERROR_ILLEGAL_ADDRESS,
                        std::string("kernel ") + grid.kernel->name + " of a module that was unloaded"};
        }
        std::vector<void *> arguments;
        size_t at = 0;
        for (int i = 0; i < grid.kernel->parameters; i++) {
            arguments.push_back(values.data() + at);
            at += (grid.kernel->sizes[i] + 15) / 16 * 16;
        }
        try {
            run_grid(grid, arguments.data());
        } catch (const Fault &fault) {
            throw Fault{fault.code, std::string("kernel ") + grid.kernel->name + ": " + fault.message};
        }
        check_arguments(*context, *grid.kernel, arguments.data());
    }
};

void require_launch(const Function &function, SimIndex blocks, SimIndex threads, size_t dynamic_bytes) {
    auto fits = [](unsigned value, unsigned most) { return value > 0 && value <= most; };
    std::string name = std::string("kernel ") + function.kernel->name + ": ";
    if (!fits(blocks.x, 2147483647) || !fits(blocks.y, 65535) || !fits(blocks.z, 65535)) {
        refuse(CUDA_ERROR_INVALID_VALUE, name + "a grid of " + std::to_string(blocks.x) + " x " + std::to_string(blocks.y)
                                                 + " x " + std::to_string(blocks.z) + " blocks");
    }
    uint64_t count = (uint64_t) threads.x * threads.y * threads.z;
    if (!fits(threads.x, 1024) || !fits(threads.y, 1024) || !fits(threads.z, 64) || count > 1024) {
        refuse(CUDA_ERROR_INVALID_VALUE, name + std::to_string(count) + " threads a block");
    }
    if (function.kernel->max_threads > 0 && count > (unsigned) function.kernel->max_threads) {
        refuse(CUDA_ERROR_INVALID_VALUE, name + std::to_string(count) + " threads a block, more than its launch bounds");
    }
    if (dynamic_bytes > function.dynamic_limit) {
        refuse(CUDA_ERROR_INVALID_VALUE, name + std::to_string(dynamic_bytes) + " bytes of dynamic shared memory beside "
                                                 + std::to_string(function.static_bytes) + " static, limit "
                                                 + std::to_string(function.dynamic_limit));
    }
}

/* The values of the arguments, each at a multiple of 16. */
std::vector<unsigned char> values_of(const SimKernel &kernel, void **parameters, void **extra) {
    std::vector<unsigned char> values;
    require(extra == nullptr, CUDA_ERROR_NOT_SUPPORTED);
    require(kernel.parameters == 0 || parameters != nullptr);
    for (int i = 0; i < kernel.parameters; i++) {
        require(parameters[i] != nullptr);
        const unsigned char *from = (const unsigned char *) parameters[i];
        values.insert(values.end(), from, from + kernel.sizes[i]);
        values.resize((values.size() + 15) / 16 * 16);
    }
    return values;
}

}  // namespace

const void *Module::base() const {
    Dl_info info{};
    dladdr((const void *) description, &info);
    return info.dli_fbase;
}

Module::~Module() {
    if (library != nullptr) {
        dlclose(library);
    }
    if (file >= 0) {
        close(file);
    }
}

/* Asks addr2line, which comes with the compiler. */
std::string source_place(const void *site) {
    Dl_info info{};
    if (!properties().log || dladdr(site, &info) == 0) {
        return "?";
    }
    uintptr_t offset = (uintptr_t) site - (uintptr_t) info.dli_fbase - 1;
    char text[200] = "";
    snprintf(text, sizeof(text), "code %lx", (unsigned long) offset);
    modules.each([&](const Module &module) {
        if (module.base() == info.dli_fbase) {
            char command[200];
            snprintf(command, sizeof(command), "addr2line -e /proc/%d/fd/%d %lx", (int) getpid(), module.file,
                     (unsigned long) offset);
            FILE *answer = popen(command, "r");
            if (answer != nullptr) {
                if (fgets(text, sizeof(text), answer) != nullptr) {
                    text[strcspn(text, "\n (")] = 0;
                }
                pclose(answer);
            }
        }
    });
    const char *name = strrchr(text, '/');
    return name == nullptr ? text : name + 1;
}

void free_modules(Context &context) {
    functions.remove_if([&](const Function &function) { return function.module->context == &context; });
    modules.each([&](Module &module) {
        if (module.context == &context) {
            module.loaded = false;
        }
    });
    modules.remove_if([&](const Module &module) { return module.context == &context; });
}

CUDA_API cuModuleLoadData(CUmodule *module, const void *image) {
    return in_context([&](Context &context) { *module = load(context, image); });
}

CUDA_API cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned, int *, void **) {
    return cuModuleLoadData(module, image);
}

CUDA_API cuModuleLoadFatBinary(CUmodule *module, const void *image) {
    return cuModuleLoadData(module, image);
}

CUDA_API cuModuleUnload(CUmodule handle) {
    return in_context([&](Context &context) {
        std::shared_ptr<Module> module = modules.get(handle);
        forbid_in_capture();
        finish_all(context);
        module->loaded = false;
        functions.remove_if([&](const Function &function) { return function.module == module; });
        modules.remove(handle);
    });
}

CUDA_API cuModuleGetFunction(CUfunction *handle, CUmodule module_handle, const char *name) {
    return in_context([&](Context &) {
        require(handle != nullptr && name != nullptr);
        std::shared_ptr<Module> module = modules.get(module_handle);
        auto known = module->functions.find(name);
        if (known != module->functions.end()) {
            *handle = known->second;
            return;
        }
        for (int i = 0; i < module->description->kernel_count; i++) {
            const SimKernel &kernel = module->description->kernels[i];
            if (strcmp(kernel.name, name) == 0) {
                auto function = std::make_shared<Function>();
                function->module = module;
                function->kernel = &kernel;
                function->static_bytes = module->shared_bytes[name];
                if (function->static_bytes > USUAL_SHARED) {
                    refuse(CUDA_ERROR_INVALID_IMAGE, std::string("kernel ") + name + ": more than 48 KiB static shared memory");
                }
                function->dynamic_limit = USUAL_SHARED - function->static_bytes;
                *handle = module->functions[name] = functions.add(function);
                return;
            }
        }
        throw CUDA_ERROR_NOT_FOUND;
    });
}

CUDA_API cuFuncGetModule(CUmodule *, CUfunction) {
    return CUDA_ERROR_NOT_SUPPORTED;
}

CUDA_API cuFuncGetAttribute(int *value, int attribute, CUfunction handle) {
    return in_context([&](Context &) {
        std::shared_ptr<Function> function = functions.get(handle);
        const int architecture = function->module->description->architecture;
        switch (attribute) {
            case 0: *value = function->kernel->max_threads > 0 ? function->kernel->max_threads : 1024; break;
            case 1: *value = (int) function->static_bytes; break;
            case 2: case 3: case 7: *value = 0; break;
            case 4: *value = 32; break;
            case 5: case 6: *value = architecture; break;
            case 8: *value = (int) function->dynamic_limit; break;
            case 9: *value = -1; break;
            default: throw CUDA_ERROR_INVALID_VALUE;
        }
    });
}

CUDA_API cuFuncSetAttribute(CUfunction handle, int attribute, int value) {
    return in_context([&](Context &) {
        std::shared_ptr<Function> function = functions.get(handle);
        if (attribute == 8) {
            if (value < 0 || (size_t) value + function->static_bytes > properties().shared_optin) {
                refuse(CUDA_ERROR_INVALID_VALUE, std::string("kernel ") + function->kernel->name + ": "
                                                         + std::to_string(value) + " bytes of dynamic shared memory");
            }
            function->dynamic_limit = (size_t) value;
        } else {
            require(attribute == 9 && value >= -1 && value <= 100);
        }
    });
}

CUDA_API cuFuncSetCacheConfig(CUfunction handle, int) {
    return in_context([&](Context &) { functions.get(handle); });
}

CUDA_API cuLaunchKernel(
        CUfunction handle, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
        unsigned block_z, unsigned dynamic_bytes, CUstream stream, void **parameters, void **extra) {
    return in_context([&](Context &context) {
        std::shared_ptr<Function> function = functions.get(handle);
        require(function->module->context == &context, CUDA_ERROR_INVALID_CONTEXT);
        stream_of(context, stream);
        SimIndex blocks{grid_x, grid_y, grid_z};
        SimIndex threads{block_x, block_y, block_z};
        require_launch(*function, blocks, threads, dynamic_bytes);
        Grid grid{function->module->description, function->kernel, blocks, threads, dynamic_bytes};
        submit(context, stream,
               Launch{function->module, grid, values_of(*function->kernel, parameters, extra), &context});
    });
}
